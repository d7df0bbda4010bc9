import type { TargetResult } from '../../core/distribute/distribution.ts';
import { isKept, keepsImages, mayBeKept } from '../../core/undo/kept.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { read } from '../memory/documents.ts';
import { closeLedger, readChannel, readLedger, restoreChannel } from '../channels.ts';
import { keepImages } from './kept-images.ts';
import { nothingRemoved, orRefused, removeImages, removeInstances, together, type Removal } from './leftovers.ts';

/**
 * Takes one look at everything a failed build made, in every region, and removes it. Repeat until nothing is left. A build that
 * was published before keeps what is published. If the recipe keeps images, they stay.
 * @param until When kept images expire, as an ISO instant. Absent while late effects on the channel may still appear. Until then,
 * kept images are not changed, and images that may turn out to be finished are not removed.
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
  const finished = await read(artifacts, plan, 'manifest');
  if (finished?.status === 'published') return together([restored, instances]);

  const { document } = plan;
  const { distribute } = document;
  const regions = [...new Set([plan.region, ...distribute.map(({ region }) => region)])];
  const early = until === undefined;
  const { channel: parameter } = plan;
  const images = await Promise.all(
    regions.map((region) =>
      orRefused(`images in ${region}`, async () => {
        // An AMI that the channel points at stays, whatever failed: servers boot from it.
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
 * Takes one look at everything of a published build that is not published, and removes it: instances, volumes, remains of failed
 * targets, and the first AMI if the pipeline's own region is no target. Repeat until nothing is left. A target that the ledger
 * calls published stays, even if found wrong later: the build may have been started again.
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
