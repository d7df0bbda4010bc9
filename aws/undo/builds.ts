import type { TargetResult } from '../../core/distribute/distribution.ts';
import { isKept, keepsImages, mayBeKept } from '../../core/undo/kept.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import { readArtifact, type Artifacts } from '../memory/artifacts.ts';
import { closeLedger, readChannel, readLedger, restoreChannel } from '../channels.ts';
import { keepImages } from './kept-images.ts';
import { nothingRemoved, orRefused, removeImages, removeInstances, together, type Removal } from './leftovers.ts';

/**
 * One look at everything a failed build made, in every region. Repeat until nothing is left. A build that was published
 * before keeps what is published, and one whose recipe says so its images.
 * @param until Until when, as an ISO instant. Absent while what the channel points at may still come to light: until then nothing
 * of an image that stays is changed, nor is one removed that may turn out to be finished.
 */
export async function removeBuild(artifacts: Artifacts, plan: Plan, until?: string): Promise<Removal> {
  const { aws } = artifacts;
  const { ledger, removal: closed } = await closeLedger(artifacts, plan);
  const restored = together([closed, ledger ? await restoreChannel(aws, ledger) : nothingRemoved()]);
  if (ledger?.complete) {
    const reached = new Set(ledger.after.map(({ region }) => region));
    const targets = plan.document.distribute.map(({ region }) => ({
      region,
      error: reached.has(region) ? undefined : 'it was not published',
    }));
    return together([restored, await removeTemporary(artifacts, plan, targets)]);
  }
  const instances = await orRefused('instances', () => removeInstances(aws, plan));
  const finished = await readArtifact<Manifest>(artifacts, plan, 'manifest.json');
  if (finished?.status === 'published') return together([restored, instances]);

  const { document } = plan;
  const { distribute } = document;
  const regions = [...new Set([plan.region, ...distribute.map(({ region }) => region)])];
  const early = until === undefined;
  const { channel: parameter } = plan;
  const images = await Promise.all(
    regions.map((region) =>
      orRefused(`images in ${region}`, async () => {
        // Whatever went wrong, an AMI that servers boot from is not taken away under them.
        const promoted = parameter ? (await readChannel(aws, parameter, [region]))[0]?.ami : undefined;
        const kept = (image: AmiDescription) => image.ami !== promoted && isKept(plan, image);
        const stays = (image: AmiDescription) => kept(image) || (early && mayBeKept(plan, image));
        const removal = await removeImages(aws, region, plan, stays, promoted);
        if (early || !keepsImages(plan)) return removal;
        return together([removal, await keepImages(aws, region, plan, kept, until)]);
      }),
    ),
  );
  return together([restored, instances, ...images]);
}

/**
 * One look at everything of a published build that is not published: instances, volumes, what is left of targets that
 * failed, and the first AMI where the pipeline's own region is no target. Repeat until nothing is left. A target that is
 * published by the ledger stays, also where it was found wrong since: the build may have been started again.
 */
export async function removeTemporary(artifacts: Artifacts, plan: Plan, targets: TargetResult[]): Promise<Removal> {
  const { aws } = artifacts;
  const { after = [] } = (await readLedger(artifacts, plan)).known ?? {};
  const published = targets.filter(({ error }) => error === undefined).map(({ region }) => region);
  const all = new Set([plan.region, ...targets.map(({ region }) => region)]);
  const unwanted = [...all].filter((region) => !published.includes(region));
  const stays = ({ region, ami }: AmiDescription) => after.some((one) => one.region === region && one.ami === ami);
  const images = unwanted.map((region) =>
    orRefused(`images in ${region}`, () => removeImages(aws, region, plan, stays)),
  );
  return together([await orRefused('instances', () => removeInstances(aws, plan)), ...(await Promise.all(images))]);
}
