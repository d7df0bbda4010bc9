import { Failure } from '../../core/errors.ts';
import type { Seen } from '../../core/preflight/facts.ts';

/**
 * Makes a look that a build can do without. A refusal by AWS is reported, not thrown.
 * @throws AwsTransient, which the state's Retry handles.
 */
export async function look<T>(work: () => Promise<T>): Promise<Seen<T>> {
  try {
    return { found: await work() };
  } catch (error) {
    if (!(error instanceof Failure) || error.name !== 'AwsRefused') throw error;
    return { refused: error.message };
  }
}
