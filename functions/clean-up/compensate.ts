import * as z from 'zod/mini';
import { readArtifact, writeArtifact } from '../../aws/artifacts.ts';
import { readChannel, restoreChannel } from '../../aws/channels.ts';
import { orLeft, removeImages, removeInstances, together, type Removal } from '../../aws/leftovers.ts';
import { channelParameter, type ChannelLedger } from '../../core/channel.ts';
import { claimedIdentity } from '../../core/execution-input.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Plan } from '../../core/plan.ts';
import { execution, lambda, secondsSince, wait, type Cloud } from '../stage.ts';

const bound = 7200;

async function removeEverything(cloud: Cloud, plan: Plan): Promise<Removal> {
  const { aws } = cloud;
  const ledger = await readArtifact<ChannelLedger>(cloud, plan, 'channel.json');
  const restored = ledger ? await orLeft('channel', () => restoreChannel(aws, ledger)) : { removed: [], left: [] };
  const instances = await orLeft('instances', () => removeInstances(aws, plan));
  const finished = await readArtifact<Manifest>(cloud, plan, 'manifest.json');
  if (finished?.status === 'published') return together([restored, instances]);

  const { distribute, publish } = plan.document;
  const regions = [...new Set([plan.region, ...distribute.map(({ region }) => region)])];
  const parameter = publish && channelParameter(plan.recipe, publish.channel);
  const images = await Promise.all(
    regions.map((region) =>
      orLeft(`images in ${region}`, async () => {
        // Whatever went wrong, an AMI that servers boot from is not taken away under them.
        const promoted = parameter ? (await readChannel(aws, parameter, [region]))[0]?.ami : undefined;
        return removeImages(aws, region, plan, promoted);
      }),
    ),
  );
  return together([restored, instances, ...images]);
}

/**
 * Undoes a build that failed: channel values back, instances, volumes, AMIs in every region and their snapshots gone.
 * Looks until nothing is left, and says what could not be undone within its bound. A build that was published before
 * keeps its images.
 */
export const compensate = wait({
  name: 'Compensate',
  input: z.looseObject({ execution }),
  permissions: [
    's3:GetObject',
    's3:PutObject',
    'ec2:DescribeInstances',
    'ec2:TerminateInstances',
    'ec2:DescribeVolumes',
    'ec2:DeleteVolume',
    'ec2:DescribeImages',
    'ec2:DeregisterImage',
    'ec2:DescribeSnapshots',
    'ec2:DeleteSnapshot',
    'ssm:GetParameter',
    'ssm:PutParameter',
    'ssm:DeleteParameter',
  ],
  limit: () => bound + 600,
  async look({ execution: { id, startedAt, input }, since }, cloud) {
    const identity = claimedIdentity(input, { id, startedAt });
    const plan = identity && (await readArtifact<Plan>(cloud, identity, 'plan.json'));
    if (!plan) return { done: { undone: [], left: [] } };
    const { removed, left } = await removeEverything(cloud, plan);
    const before = (await readArtifact<string[]>(cloud, plan, 'undone.json')) ?? [];
    const undone = [...new Set([...before, ...removed])];
    if (removed.length > 0) await writeArtifact(cloud, plan, 'undone.json', undone);
    if (left.length === 0 || secondsSince(since, cloud.now()) > bound) return { done: { undone, left } };
    return { waiting: `still there: ${left.join(', ')}` };
  },
});

export const handler = lambda(compensate);
