import {
  DescribeImageAttributeCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  ResetImageAttributeCommand,
  type LaunchPermission,
  type ModifyImageAttributeCommandInput,
  type PermissionGroup,
} from '@aws-sdk/client-ec2';
import { isAccount, type PermissionChange, type Users } from '../../core/distribute/permissions.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** Makes instances of the AMI require IMDSv2. EC2 cannot undo this. */
export async function demandImdsV2(aws: Connection, region: string, ami: string): Promise<void> {
  await modify(aws, region, { ImageId: ami, ImdsSupport: { Value: 'v2.0' } });
}

async function permissionsOf(aws: Connection, region: string, ami: string): Promise<LaunchPermission[]> {
  const answer = await ask({ action: 'ec2:DescribeImageAttribute', region, about: ami }, () =>
    aws
      .client(EC2Client, region)
      .send(new DescribeImageAttributeCommand({ ImageId: ami, Attribute: 'launchPermission' })),
  );
  return answer.LaunchPermissions ?? [];
}

/** Who may launch an AMI. */
export async function launchUsers(aws: Connection, region: string, ami: string): Promise<Users> {
  const permissions = await permissionsOf(aws, region, ami);
  return permissions.flatMap(
    ({ UserId, OrganizationArn, OrganizationalUnitArn, Group }) =>
      UserId ?? OrganizationArn ?? OrganizationalUnitArn ?? Group ?? [],
  );
}

/** Revokes every launch permission of an AMI. @returns whether there were any. */
export async function revokeLaunch(aws: Connection, region: string, ami: string): Promise<boolean> {
  if ((await permissionsOf(aws, region, ami)).length === 0) return false;
  await ask({ action: 'ec2:ResetImageAttribute', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new ResetImageAttributeCommand({ ImageId: ami, Attribute: 'launchPermission' })),
  );
  return true;
}

function permissionOf(user: string): LaunchPermission {
  if (isAccount(user)) return { UserId: user };
  if (!user.startsWith('arn:')) return { Group: user as PermissionGroup };
  return user.includes(':ou/') ? { OrganizationalUnitArn: user } : { OrganizationArn: user };
}

/** Changes who may launch an AMI, in one request. Repeating it changes nothing. */
export async function changeLaunch(
  aws: Connection,
  region: string,
  ami: string,
  { add, remove }: PermissionChange,
): Promise<void> {
  const LaunchPermission = {
    ...(add.length > 0 && { Add: add.map(permissionOf) }),
    ...(remove.length > 0 && { Remove: remove.map(permissionOf) }),
  };
  await modify(aws, region, { ImageId: ami, LaunchPermission });
}

async function modify(aws: Connection, region: string, input: ModifyImageAttributeCommandInput): Promise<void> {
  await ask({ action: 'ec2:ModifyImageAttribute', region, about: input.ImageId }, () =>
    aws.client(EC2Client, region).send(new ModifyImageAttributeCommand(input)),
  );
}
