import { copyImage } from '../images/image-making.ts';
import type { Connection } from '../connection.ts';
import { rehearse } from '../rehearsal.ts';
import { imageTags, type Plan } from '../../core/build/plan.ts';
import { copyToken, targetIn } from '../../core/distribute/distribution.ts';
import { imageNameIn } from '../../core/distribute/image-name.ts';
import { changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { changePermissions } from './permissions.ts';
import { availableImage } from './targets.ts';

/** What a state is to try: its call for a target of a plan, on an image that an earlier build published. */
interface Trial {
  rehearsal: Plan;
  region: string;
  id?: string | null | undefined;
  ami: string;
}

/** The request of CopyImage for an image in one target. `generation`: see copyToken. */
export function copyRequest(plan: Plan, place: Omit<Trial, 'rehearsal'>, generation: number) {
  const at = onlyPlace(place);
  const target = targetIn(plan, at);
  return {
    region: at.region,
    from: { region: plan.adds?.from.region ?? plan.region, ami: place.ami },
    name: imageNameIn(plan, target),
    description: plan.document.description,
    token: copyToken(plan, at, place.ami, generation),
    kmsKey: target.kmsKey,
    tags: imageTags(plan, target),
  };
}

/** Asks EC2 whether it would copy an image. */
export const tryCopy = (aws: Connection, { rehearsal, ...place }: Trial) =>
  rehearse(aws, (dry) => copyImage(dry, copyRequest(rehearsal, place, 0)));

/** Asks EC2 whether it would share an image and its snapshots. */
export const tryGrants = (aws: Connection, { rehearsal, ami, ...place }: Trial) =>
  rehearse(aws, async (dry) => {
    const at = onlyPlace(place);
    const { disks } = await availableImage(dry, at.region, ami);
    const shared = { ...at, ami, snapshots: disks.flatMap(({ snapshot }) => snapshot ?? []) };
    await changePermissions(
      dry,
      shared,
      changesOf(shared, wantedOf(targetIn(rehearsal, at)), rehearsal.account, undefined),
    );
  });
