import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Plan } from '../../core/build/plan.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { lastingFailure } from '../../core/errors.ts';
import { startHoldTimer } from '../../core/undo/hold-timer.ts';
import { commandOutput } from '../../core/memory/documents.ts';
import { expiresTag, heldTag } from '../../core/tags.ts';
import { holdOf, isHeld, released, unmarkedOf, type FailedExecution, type Hold } from '../../core/undo/hold.ts';
import { ask } from '../errors.ts';
import { agentOnline, listCommands, sendCommand } from '../instances/commands.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument, write } from '../memory/documents.ts';
import { isolate } from './isolate.ts';
import { findTaggedInstances, findTaggedVolumes } from '../tagged.ts';

/** What a hold works with. */
export interface AroundHold extends Artifacts {
  log: (line: Record<string, unknown>) => void;
  settings: Pick<DeploymentSettings, 'securityGroups'>;
}

/**
 * The instance of a failed build that stays, if its recipe holds one. Only an execution that undoes itself (`as` is `id`) begins a
 * hold. Its end is fixed from the first moment.
 */
export async function holdInstance(
  artifacts: AroundHold,
  plan: Plan,
  { id, as, error }: FailedExecution,
  now: Date,
): Promise<Hold | undefined> {
  const known = await readDocument(artifacts, plan, 'held');
  if (error === released) return endNow(artifacts, plan, known, now);
  try {
    const found = { ...(known && { known }), ...(as === id && error !== undefined && { error }) };
    return await hold(artifacts, plan, id, found, now);
  } catch (refusal) {
    const begun = await readDocument(artifacts, plan, 'held');
    const what = begun ? `${begun.role} ${begun.instance}` : 'an instance';
    const note = `${what} is not held: ${lastingFailure(refusal).message}`;
    artifacts.log({ level: 'WARN', state: 'Compensate', note });
    return endNow(artifacts, plan, begun, now);
  }
}

/** Writes down that a hold is over, so that nobody goes on with it. */
async function endNow(artifacts: Artifacts, plan: Plan, held: Hold | undefined, now: Date): Promise<undefined> {
  if (held && isHeld(held, now)) await write(artifacts, plan, 'held', { ...held, until: now.toISOString() });
}

/** Begins a hold, or goes on with the `known` one. Isolates the instance, and gives it its end on the instance and in the tags. */
async function hold(
  artifacts: AroundHold,
  plan: Plan,
  execution: string,
  { known, error }: { known?: Hold; error?: string },
  now: Date,
): Promise<Hold | undefined> {
  const { aws } = artifacts;
  const instances = await findTaggedInstances(aws, plan.region, plan);
  const begun = known?.execution === execution ? known : undefined;
  const held = begun ?? (error === undefined ? undefined : holdOf(plan, { error, execution }, instances, now));
  const lives = instances.some(({ id, state }) => id === held?.instance && state === 'running');
  if (!held || !lives || !isHeld(held, now)) return undefined;
  if (held !== known) await write(artifacts, plan, 'held', held);
  const volumes = await findTaggedVolumes(aws, held.region, plan.account, plan);
  const unmarked = unmarkedOf(held, [...instances, ...volumes]);
  if (unmarked.length === 0) return held;
  await startTimer(artifacts, plan, held, now);
  const isolated = await isolate(artifacts, plan, held, artifacts.settings.securityGroups);
  await tagHeld(artifacts, held, unmarked);
  return isolated;
}

/** Starts the timer of a hold, unless it was started before or the agent does not answer. */
async function startTimer({ aws, bucket }: Artifacts, plan: Plan, held: Hold, now: Date): Promise<void> {
  const { instance, until } = held;
  const comment = `${plan.build}/hold until ${until}`;
  if (!(await agentOnline(aws, instance))) return;
  if ((await listCommands(aws, instance)).some((one) => one.comment === comment)) return;
  const seconds = Math.max(1, Math.round((new Date(until).getTime() - now.getTime()) / 1000));
  const output = { bucket, prefix: commandOutput.key(plan) };
  await sendCommand(aws, instance, startHoldTimer(plan.source.windows, seconds), comment, output);
}

// Tags come last: they say that the timer runs and that nobody reaches the instance.
const tagHeld = ({ aws }: Artifacts, { region, until, instance }: Hold, resources: string[]): Promise<unknown> =>
  ask({ action: 'ec2:CreateTags', region, about: instance }, () =>
    aws.client(EC2Client, region).send(
      new CreateTagsCommand({
        Resources: resources,
        Tags: [
          { Key: expiresTag, Value: until },
          { Key: heldTag, Value: until },
        ],
      }),
    ),
  );
