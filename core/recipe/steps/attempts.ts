import * as z from 'zod/mini';
import { secondsOf } from '../../duration.ts';
import { duration } from '../scalars.ts';

/** Keys of a step that say what follows its failure. */
export const attemptKeys = {
  retry: z.exactOptional(
    z
      .strictObject({
        attempts: z
          .int()
          .check(z.minimum(1), z.maximum(10), z.describe('How often the step is tried in all, while it fails.')),
        delay: z
          ._default(duration('1s', '1h'), '30s')
          .check(z.describe('Time between the end of an attempt that failed and the next one, 1s to 1h.')),
      })
      .check(
        z.describe(
          'Tries the step again if its command fails or runs out of time. Example: { attempts: 3, delay: 30s }.',
        ),
      ),
  ),
  onFailure: z.exactOptional(
    z
      .enum(['abort', 'continue'])
      .check(
        z.describe(
          'What follows if the last attempt fails. abort, the default, ends the build. continue goes on with the next step, and the manifest keeps the failure. A builder that is lost always ends the build.',
        ),
      ),
  ),
};

/** The keys of a step that bound how long it may take. */
export interface Attempted {
  timeout: string;
  retry?: { attempts: number; delay: string };
}

export const triesOf = ({ retry }: Attempted): number => retry?.attempts ?? 1;

/** Seconds between two attempts. */
export const delayOf = ({ retry }: Attempted): number => (retry ? secondsOf(retry.delay) : 0);

/** The timeouts of all attempts. After the last one of a step with `onFailure: continue`, its command is looked at once more. */
export const commandSecondsIn = (list: (Attempted & { onFailure?: string })[]) =>
  list.flatMap((step) => [
    ...Array.from({ length: triesOf(step) }, () => secondsOf(step.timeout)),
    ...(step.onFailure === 'continue' ? [0] : []),
  ]);
