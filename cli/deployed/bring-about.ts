// Creates, updates or deletes the stack of one region, and waits until CloudFormation is done.
import type { Connection } from '../../aws/connection.ts';
import {
  createStack,
  deleteStack,
  describeStack,
  stackFailure,
  updateStack,
  type WantedStack,
} from '../../aws/stacks.ts';
import { stackStep, type DescribedStack, type StackStep } from '../../core/deployment/region-stack.ts';
import { Failure } from '../../core/errors.ts';
import type { Surroundings } from '../surroundings.ts';

/** The stack that every region gets. `to` names the deployment that it sends events to. */
export interface StackWork {
  aws: Connection;
  to: string;
  version: string;
  stack: WantedStack;
}

const patienceSeconds = 900;
type Outcome = { step: StackStep | 'failed'; why: string };

/** @returns what was done. @throws Failure if CloudFormation refuses a call. */
export async function bringAbout(
  region: string,
  { aws, to, version, stack }: StackWork,
  wanted: boolean,
  { now, sleep }: Surroundings,
  signal: AbortSignal,
): Promise<Outcome> {
  /** The stack once CloudFormation has stopped changing it. */
  const settled = async (): Promise<DescribedStack | undefined> => {
    const end = now() + patienceSeconds * 1000;
    for (;;) {
      const seen = await describeStack(aws, region, stack.name);
      if (!seen || !seen.status.endsWith('_IN_PROGRESS') || seen.status === 'REVIEW_IN_PROGRESS' || signal.aborted)
        return seen;
      if (now() > end)
        throw new Failure(
          'WaitTimedOut',
          `${stack.name} in ${region} is still ${seen.status} after ${patienceSeconds / 60} min: look at it in the console of CloudFormation, then run the same command again`,
        );
      await sleep(3000, signal);
    }
  };
  const failed = async (seen: DescribedStack | undefined): Promise<Outcome> => {
    const because = seen && ((await stackFailure(aws, region, stack.name)) ?? seen.reason);
    return { step: 'failed', why: `${stack.name} is ${seen?.status ?? 'gone'}${because ? `: ${because}` : ''}` };
  };
  const removed = async (): Promise<Outcome | undefined> => {
    await deleteStack(aws, region, stack.name);
    const seen = await settled();
    return seen && !signal.aborted ? failed(seen) : undefined;
  };

  const { step, why } = stackStep(await settled(), { wanted, to, version });
  if (/^(keep|none|refuse|wait)$/.test(step)) return { step, why };
  if (step === 'remove') return (await removed()) ?? { step, why };
  const obstacle = step === 'replace' ? await removed() : undefined;
  if (obstacle || signal.aborted) return obstacle ?? { step, why };
  await (step === 'update' ? updateStack : createStack)(aws, region, stack);
  const made = await settled();
  return signal.aborted || stackStep(made, { wanted, to, version }).step === 'keep' ? { step, why } : failed(made);
}
