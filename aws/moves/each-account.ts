import { accountPlaceName, type AccountPlace } from '../../core/accounts/account-copies.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';

/**
 * Looks at places in other accounts before a move changes anything.
 * @param what What does not happen if an account refuses, in words.
 * @throws MoveRefused with every account whose role does not let the pipeline in, or may not look.
 */
export async function inEachAccount<Place extends AccountPlace, T>(
  what: string,
  places: Place[],
  look: (place: Place) => Promise<T>,
): Promise<T[]> {
  const refused = new Set<string>();
  const done = await Promise.all(
    places.map(async (place): Promise<T[]> => {
      try {
        return [await look(place)];
      } catch (error) {
        refused.add(`${accountPlaceName(place)}: ${lastingFailure(error).message}`);
        return [];
      }
    }),
  );
  if (refused.size === 0) return done.flat();
  const advice =
    'the role there must let the pipeline in and allow all of infrastructure/examples/copy-target-role.yml';
  throw new Failure(
    'MoveRefused',
    [`${what}, since other accounts refuse the pipeline; ${advice}:`, ...refused].join('\n'),
  );
}
