import * as z from 'zod/mini';
import { revokeBuild, revokePermissions } from '../../aws/channel/carry-out-revocation.ts';
import { lambda, stage } from '../stage.ts';
import { askedBy, revokedBuilds } from '../stage-of-move.ts';

/** Saves the permissions of every revoked image and its snapshots, takes them, and disables the images: everywhere, in other accounts too. */
export const revokeImages = stage({
  name: 'RevokeImages',
  input: z.strictObject({ builds: revokedBuilds, asked: askedBy }),
  permissions: [
    ...revokePermissions.filter((action) => !['ec2:EnableImage', 'ec2:ModifyImageAttribute'].includes(action)),
    'ssm:GetParameter',
    'states:DescribeExecution',
  ],
  async run({ builds, asked }, cloud) {
    const together = builds.map(({ recipe, build }) => ({ recipe, build }));
    for (const [index, one] of builds.entries())
      await revokeBuild(cloud, one, { ...asked, ...(index === 0 && { together }) }, cloud.settings.channelRoot);
    return { revoked: builds.length };
  },
});

export const handler = lambda(revokeImages);
