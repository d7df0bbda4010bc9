import { Failure } from '../../core/errors.ts';
import type { Seen } from '../../core/preflight/facts.ts';

/**
 * Looks at something that a build can do without. What AWS refuses is told, not thrown.
 * @throws AwsTransient, which the state's Retry takes care of.
 */
export async function look<T>(work: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { found: await work() };
  } catch (error) {
    if (!(error instanceof Failure) || error.name !== 'AwsRefused') throw error;
    return { refused: error.message };
  }
}
