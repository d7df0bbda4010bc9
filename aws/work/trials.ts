import type { Connection } from '../connection.ts';
import { rehearse } from '../rehearsal.ts';
import type { Plan } from '../../core/build/plan.ts';
import { targetIn } from '../../core/distribute/distribution.ts';
import { changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { onlyPlace } from '../../core/distribute/place.ts';
import { beginCopy } from './copies.ts';
import { changePermissions } from './permissions.ts';
import { availableImage } from './targets.ts';
import { snapshotsOf } from '../../core/launch/source.ts';

/** What a state is to try: its call for a target of a plan, on an image that an earlier build published. */
interface Trial {
  rehearsal: Plan;
  region: string;
  id?: string | null | undefined;
  ami: string;
}

/** Asks EC2 whether it would copy an image. */
export const tryCopy = (aws: Connection, { rehearsal, ...place }: Trial) =>
  rehearse(aws, (dry) => beginCopy(dry, rehearsal, targetIn(rehearsal, onlyPlace(place)), place.ami, 0));

/** Asks EC2 whether it would share an image and its snapshots. */
export const tryGrants = (aws: Connection, { rehearsal, ami, ...place }: Trial) =>
  rehearse(aws, async (dry) => {
    const at = onlyPlace(place);
    const { disks } = await availableImage(dry, at.region, ami);
    const shared = { ...at, ami, snapshots: snapshotsOf({ disks }) };
    await changePermissions(
      dry,
      shared,
      changesOf(shared, wantedOf(targetIn(rehearsal, at)), rehearsal.account, undefined),
    );
  });
