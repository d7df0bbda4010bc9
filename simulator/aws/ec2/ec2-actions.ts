import type { Actions } from '../calls/actions.ts';
import type { World } from '../state/world.ts';
import { imageActions } from './images/images.ts';
import { createImageActions } from './images/create-image.ts';
import { createSnapshotsActions } from './images/create-snapshots.ts';
import { copySnapshotActions } from './images/copy-snapshot.ts';
import { importSnapshotActions } from './images/import-snapshot.ts';
import { registerImageActions } from './images/register-image.ts';
import { copyImageActions } from './images/copy-image.ts';
import { deprecationActions } from './lifecycle/deprecation.ts';
import { deregisteringActions } from './lifecycle/deregistering.ts';
import { disablingActions } from './lifecycle/disabling.ts';
import { protectionActions } from './lifecycle/protection.ts';
import { recycleBinActions } from './lifecycle/recycle-bin.ts';
import { attributeActions } from './images/attributes.ts';
import { keyPairActions } from './instances/key-pairs.ts';
import { hostActions } from './instances/tenancy.ts';
import { runInstancesActions } from './instances/run-instances.ts';
import { instanceActions } from './instances/instances.ts';
import { launchTemplateActions } from './instances/launch-templates.ts';
import { snapshotActions } from './images/snapshots.ts';
import { volumeActions } from './volumes.ts';
import { interfaceActions } from './network/interface-groups.ts';
import { networkActions } from './network/describe-network.ts';
import { regionActions } from './network/regions.ts';
import { instanceTypeActions } from './instances/instance-types.ts';
import { encryptionActions } from './images/encryption.ts';
import { tagActions } from './tag-actions.ts';
import { allowedImageActions } from './images/allowed-images.ts';
import { watermarkActions } from './images/watermarks.ts';
import { ancestryActions } from './usage/ancestry.ts';
import { referenceActions } from './usage/references.ts';
import { restoreImageActions } from './archive/restore-image.ts';
import { storeImageActions } from './archive/store-image.ts';
import { usageReportActions } from './usage/usage-reports.ts';

/** Every action of the simulated EC2. */
export const ec2Actions = (world: World): Actions => ({
  ...imageActions(world),
  ...createImageActions(world),
  ...createSnapshotsActions(world),
  ...copySnapshotActions(world),
  ...importSnapshotActions(world),
  ...registerImageActions(world),
  ...copyImageActions(world),
  ...storeImageActions(world),
  ...restoreImageActions(world),
  ...deprecationActions(world),
  ...deregisteringActions(world),
  ...disablingActions(world),
  ...protectionActions(world),
  ...recycleBinActions(world),
  ...attributeActions(world),
  ...runInstancesActions(world),
  ...hostActions(world),
  ...keyPairActions(world),
  ...instanceActions(world),
  ...launchTemplateActions(world),
  ...allowedImageActions(world),
  ...watermarkActions(world),
  ...referenceActions(world),
  ...usageReportActions(world),
  ...ancestryActions(world),
  ...snapshotActions(world),
  ...volumeActions(world),
  ...networkActions(world),
  ...interfaceActions(world),
  ...regionActions(world),
  ...instanceTypeActions(),
  ...encryptionActions(world),
  ...tagActions(world),
});
