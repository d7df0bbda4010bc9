import { Failure } from './errors.ts';

/** Runs the work for every item. A failure does not stop the work for the other items. */
export async function severally<T, R>(
  items: T[],
  work: (item: T) => Promise<R>,
): Promise<{ done: R[]; failed: Error[] }> {
  const settled = await Promise.allSettled(items.map(work));
  return {
    done: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    failed: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as Error] : [])),
  };
}

/** @throws all failures as one error with the first one's name. Does nothing without a failure. */
export function throwTogether(failed: Error[]): void {
  const [first, ...others] = failed;
  if (!first) return;
  if (others.length === 0 || !(first instanceof Failure)) throw first;
  throw new Failure(first.name, failed.map(({ message }) => message).join('\n'), { cause: first });
}
