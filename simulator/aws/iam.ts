import type { GetInstanceProfileRequest } from '@aws-sdk/client-iam';
import { ApiError, type Actions } from './calls/actions.ts';
import { required, strict } from './calls/strict.ts';
import { partitionIn } from './partition.ts';
import type { World } from './state/world.ts';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html: every profile has a role of its name. */
export const iamActions = (world: World): Actions => ({
  GetInstanceProfile: strict(
    'iam:GetInstanceProfile',
    'InstanceProfileName',
    (input: GetInstanceProfileRequest, caller) => {
      const name = required(input.InstanceProfileName, 'InstanceProfileName', 'ValidationError');
      if (world.instanceProfiles?.includes(name) === false)
        throw new ApiError('NoSuchEntityException', `Instance Profile ${name} cannot be found.`, 404);
      const arn = `arn:${partitionIn(caller.region)}:iam::${caller.account}`;
      const made = { Path: '/', CreateDate: new Date(0) };
      const role = { ...made, RoleName: name, RoleId: 'AROAEXAMPLEEXAMPLEEX', Arn: `${arn}:role/${name}` };
      const profile = { ...made, InstanceProfileName: name, InstanceProfileId: 'AIPAEXAMPLEEXAMPLEEX' };
      return { InstanceProfile: { ...profile, Arn: `${arn}:instance-profile/${name}`, Roles: [role] } };
    },
  ),
});
