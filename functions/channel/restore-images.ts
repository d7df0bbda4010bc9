import * as z from 'zod/mini';
import { restoreBuild, revokePermissions } from '../../aws/channel/carry-out-revocation.ts';
import { lambda, stage } from '../stage.ts';
import { askedBy, revokedBuilds } from '../stage-of-move.ts';

/** Enables the images of revoked builds everywhere, and gives them and their snapshots the permissions that they had. */
export const restoreImages = stage({
  name: 'RestoreImages',
  input: z.strictObject({ builds: revokedBuilds, asked: askedBy }),
  permissions: revokePermissions.filter((action) => action !== 'ec2:DisableImage'),
  async run({ builds, asked }, cloud) {
    const together = builds.map(({ recipe, build }) => ({ recipe, build }));
    for (const [index, one] of builds.entries())
      await restoreBuild(cloud, one, { ...asked, ...(index === 0 && { together }) });
    return { restored: builds.length };
  },
});

export const handler = lambda(restoreImages);
