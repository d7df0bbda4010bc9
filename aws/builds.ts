import { channelParameter, type ChannelLedger } from '../core/channel.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Plan } from '../core/plan.ts';
import { readArtifact, type Artifacts } from './artifacts.ts';
import { readChannel, restoreChannel } from './channels.ts';
import { orLeft, removeImages, removeInstances, together, type Removal } from './leftovers.ts';

// Parameter Store takes a value of data type aws:ec2:image seconds after it answered: a write can still come through.
const settleSeconds = 30;

/**
 * One look at everything a failed build made, in every region. Repeat until nothing is left. A build that was published
 * before keeps its images.
 */
export async function removeBuild(artifacts: Artifacts, plan: Plan, waitedSeconds: number): Promise<Removal> {
  const { aws } = artifacts;
  const ledger = await readArtifact<ChannelLedger>(artifacts, plan, 'channel.json');
  const restored = ledger ? await orLeft('channel', () => restoreChannel(aws, ledger)) : { removed: [], left: [] };
  if (ledger && !ledger.complete && waitedSeconds < settleSeconds)
    restored.left.push(`${ledger.parameter} (writes may be on their way)`);
  const instances = await orLeft('instances', () => removeInstances(aws, plan));
  const finished = await readArtifact<Manifest>(artifacts, plan, 'manifest.json');
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
