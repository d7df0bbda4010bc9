import * as z from 'zod/mini';
import { revokeBuild, revokePermissions } from '../../aws/channel/carry-out-revocation.ts';
import { lambda, stage } from '../stage.ts';
import { askedBy, revokedBuilds } from '../stage-of-move.ts';

/** Saves the launch permissions of every revoked image, and disables the images in every region. */
export const revokeImages = stage({
  name: 'RevokeImages',
  input: z.strictObject({ builds: revokedBuilds, asked: askedBy }),
  permissions: [
    ...revokePermissions.filter((action) => action !== 'ec2:EnableImage' && action !== 'ec2:ModifyImageAttribute'),
    'ssm:GetParameter',
    'states:DescribeExecution',
  ],
  async run({ builds, asked }, cloud) {
    const together = builds.map(({ recipe, build }) => ({ recipe, build }));
    for (const one of builds) await revokeBuild(cloud, one, { ...asked, together }, cloud.settings.channelRoot);
    return { revoked: builds.length };
  },
});

export const handler = lambda(revokeImages);
