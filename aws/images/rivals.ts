import { Failure } from '../../core/errors.ts';
import type { Connection } from '../connection.ts';
import { lookAtImage, type AvailableImage } from './images.ts';

type Seen = { done: AvailableImage } | { waiting: string };

/**
 * Looks at a copy and, if there is one, at the second copy that races it. The first to complete is the target's image. A copy that
 * fails leaves the race to the other.
 * @throws CopyFailed if EC2 gave up on all of them.
 */
export async function lookAtCopies(
  aws: Connection,
  region: string,
  amis: string[],
  waitedSeconds: number,
): Promise<Seen> {
  const looks = await Promise.allSettled(amis.map((ami) => lookAtImage(aws, region, ami, 'CopyFailed', waitedSeconds)));
  const seen = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
  const done = seen.find((one) => 'done' in one);
  if (done) return done;
  const errors = looks.flatMap((look) => (look.status === 'rejected' ? [look.reason as unknown] : []));
  const unclear = errors.find((error) => !(error instanceof Failure) || error.name !== 'CopyFailed');
  if (unclear !== undefined) throw unclear;
  const waiting = seen.flatMap((one) => ('waiting' in one ? [one.waiting] : []));
  if (waiting.length > 0) return { waiting: waiting.join(', ') };
  throw errors[0];
}
