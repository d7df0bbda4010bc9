import { Failure } from '../../core/errors.ts';
import type { Evidence } from '../../core/usage/image-usage.ts';

/**
 * Makes a look-up about the use of an AMI. Every failure of AWS makes the answer unknown, even a passing one, because a later run
 * looks again.
 * @param throws Failures that are thrown, for a caller that Step Functions retries.
 */
export async function evidence<T>(
  look: () => Promise<T>,
  throws: (failure: Failure) => boolean = () => false,
): Promise<Evidence<T>> {
  try {
    return { known: await look() };
  } catch (error) {
    if (!(error instanceof Failure) || throws(error)) throw error;
    return { unknown: error.message };
  }
}

/** The same look-up for many AMIs at once, as a look-up for each of them. If AWS refuses it for all, it is made for each alone. */
export async function evidenceByImage<T>(
  amis: string[],
  look: (amis: string[]) => Promise<(ami: string) => T>,
): Promise<(ami: string) => Evidence<T>> {
  const together = await evidence(() => look(amis));
  if (together.unknown === undefined) return (ami) => ({ known: together.known(ami) });
  const alone = new Map<string, Evidence<T>>();
  for (const ami of amis) {
    const one = amis.length === 1 ? together : await evidence(() => look([ami]));
    alone.set(ami, one.unknown === undefined ? { known: one.known(ami) } : one);
  }
  return (ami) => alone.get(ami) ?? { unknown: 'nobody asked' };
}
