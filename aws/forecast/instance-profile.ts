import { GetInstanceProfileCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Seen } from '../../core/preflight/facts.ts';
import type { ProfileSeen } from '../../core/forecast/instance-profile.ts';
import type { Connection } from '../connection.ts';
import { ask } from '../errors.ts';
import { look } from '../preflight/seen.ts';

/** An instance profile of the account by its name, with its role. */
export const lookAtProfile = (aws: Connection, name: string): Promise<Seen<ProfileSeen>> =>
  look(async () =>
    ask<ProfileSeen, ProfileSeen>(
      { action: 'iam:GetInstanceProfile', region: aws.region, about: name },
      async () => {
        const call = new GetInstanceProfileCommand({ InstanceProfileName: name });
        const { InstanceProfile } = await aws.client(IAMClient).send(call);
        return { roles: InstanceProfile?.Roles?.flatMap(({ RoleName }) => RoleName ?? []) ?? [] };
      },
      { NoSuchEntity: () => undefined, NoSuchEntityException: () => undefined },
    ),
  );
