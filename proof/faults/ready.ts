import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { imagesMade, launchers } from './account-state.ts';
import { borrower, olderBuild, shapeOf, sharingOf } from './setting.ts';
import type { FaultScenario, Shape } from './vocabulary.ts';
import type { Image } from '../../simulator/aws/state/images.ts';

/** How an AMI differs from its target, in words; undefined if it is right. */
export function flawOf(
  { cloud }: Simulation,
  target: Shape['targets'][number],
  image: Image | undefined,
): string | undefined {
  const { accounts, organizations } = sharingOf(target);
  const wanted = [...accounts, ...organizations].toSorted().join();
  if (image?.state !== 'available') return `${image?.id ?? 'its AMI'} is ${image?.state ?? 'not there'}`;
  if (!image.tags.has('golden:build')) return `${image.id} has no tags`;
  if (launchers(image).join() !== wanted) return `${image.id} is shared with ${launchers(image).join() || 'nobody'}`;
  if (image.imdsSupport !== 'v2.0') return `${image.id} does not demand IMDSv2`;
  for (const { snapshot: id = '' } of image.mappings) {
    const snapshot = cloud.world.region(target.region).snapshots.get(id);
    if (snapshot?.state !== 'completed') return `${id} of ${image.id} is ${snapshot?.state ?? 'not there'}`;
    const shared = [...snapshot.sharedWith].toSorted().join();
    if (shared !== accounts.join()) return `${id} of ${image.id} is shared with ${shared || 'nobody'}`;
    if (snapshot.keyArn === undefined) return `${id} of ${image.id} is not encrypted`;
  }
  return undefined;
}

/**
 * Required targets that differ from the recipe at this moment.
 * @param old Images of earlier builds.
 */
export function unreadyTargets(simulation: Simulation, scenario: FaultScenario, old: ReadonlySet<string>): string[] {
  const { lent } = scenario;
  const isAsked = shapeOf(scenario).targets.some(({ region, required }) => region === lent && required);
  const isCopied =
    lent === undefined ||
    !isAsked ||
    imagesMade(simulation, lent, borrower).some((one) => one.state === 'available' && !old.has(one.id));
  const unready = shapeOf(scenario)
    .targets.filter(({ required }) => required)
    .flatMap((target) => {
      const [image] = imagesMade(simulation, target.region).filter(
        ({ id, name, state }) => name !== `base-${olderBuild}` && state === 'available' && !old.has(id),
      );
      const flaw = flawOf(simulation, target, image);
      return flaw === undefined ? [] : [`${target.region}: ${flaw}`];
    });
  return isCopied ? unready : [...unready, `${lent}: account ${borrower} has no copy`];
}
