import { CreateTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Plan } from '../../core/build/plan.ts';
import { lastingFailure } from '../../core/errors.ts';
import { startHoldTimer } from '../../core/undo/hold-timer.ts';
import { commandOutput } from '../../core/memory/documents.ts';
import { expiresTag, heldTag } from '../../core/tags.ts';
import { holdOf, holdSeconds, isHeld, released, unmarkedOf, type Hold } from '../../core/undo/hold.ts';
import type { Thing } from '../../core/undo/things.ts';
import { ask } from '../errors.ts';
import { agentOnline, sendCommand } from '../instances/commands.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument, write } from '../memory/documents.ts';
import { findTaggedInstances, findTaggedVolumes } from '../tagged.ts';

/** The actions that heldInstance calls. */
export const holdPermissions = [
  'ec2:CreateTags',
  'ec2:DescribeInstances',
  'ec2:DescribeVolumes',
  's3:GetObject',
  's3:PutObject',
  'ssm:DescribeInstanceInformation',
  'ssm:SendCommand',
];

type Around = Artifacts & { log: (line: Record<string, unknown>) => void };

/**
 * The instance of a failed build that stays, if its recipe holds one. Only an execution that undoes itself (`as` is `id`) begins a
 * hold. Its end is fixed from the first moment.
 */
export async function heldInstance(
  artifacts: Around,
  plan: Plan,
  { id, as, error }: { id: string; as: string; error?: string | undefined },
  now: Date,
): Promise<Hold | undefined> {
  if (holdSeconds(plan) === 0) return undefined;
  const known = await readDocument(artifacts, plan, 'held');
  if (known && error === released && isHeld(known, now))
    await write(artifacts, plan, 'held', { ...known, until: now.toISOString() });
  if (error === released) return undefined;
  const instances = await findTaggedInstances(artifacts.aws, plan.region, plan);
  const begun = known?.execution === id ? known : undefined;
  const begins = as === id && error !== undefined;
  const held = begun ?? (begins ? holdOf(plan, { error, execution: id }, instances, now) : undefined);
  const lives = instances.some(({ id, state }) => id === held?.instance && state === 'running');
  if (!held || !lives || !isHeld(held, now)) return undefined;
  if (held !== known) await write(artifacts, plan, 'held', held);
  return (await isMarked(artifacts, plan, held, instances, now)) ? held : undefined;
}

/**
 * Gives a hold its end on the instance and in the tags.
 * @returns false if AWS refuses that. Then nothing is held, and the log says why.
 */
async function isMarked(artifacts: Around, plan: Plan, held: Hold, instances: Thing[], now: Date): Promise<boolean> {
  const { aws } = artifacts;
  const volumes = await findTaggedVolumes(aws, held.region, plan.account, plan);
  const unmarked = unmarkedOf(held, [...instances, ...volumes]);
  if (unmarked.length === 0) return true;
  try {
    const seconds = Math.max(1, Math.round((new Date(held.until).getTime() - now.getTime()) / 1000));
    const output = { bucket: artifacts.bucket, prefix: commandOutput.key(plan) };
    if (await agentOnline(aws, held.instance))
      await sendCommand(aws, held.instance, startHoldTimer(plan.source.windows, seconds), `${plan.build}/hold`, output);
    await tagHeld(artifacts, held, unmarked);
    return true;
  } catch (error) {
    const note = `${held.role} ${held.instance} is not held: ${lastingFailure(error).message}`;
    artifacts.log({ level: 'WARN', state: 'Compensate', note });
    await write(artifacts, plan, 'held', { ...held, until: now.toISOString() });
    return false;
  }
}

// Tags come last: they say that the timer runs.
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
