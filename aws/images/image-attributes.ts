import {
  DescribeImageAttributeCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  ResetImageAttributeCommand,
  type LaunchPermission,
  type ModifyImageAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import type { Shared, Sharing } from '../../core/distribute/distribution.ts';
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

export async function launchPermissions(aws: Connection, region: string, ami: string): Promise<Shared> {
  const permissions = await permissionsOf(aws, region, ami);
  const list = (key: 'UserId' | 'OrganizationArn' | 'OrganizationalUnitArn') =>
    permissions.flatMap((permission) => permission[key] ?? []);
  return {
    accounts: list('UserId'),
    organizations: list('OrganizationArn'),
    organizationalUnits: list('OrganizationalUnitArn'),
    everyone: permissions.some(({ Group }) => Group === 'all'),
  };
}

/** Revokes every launch permission of an AMI. @returns whether there were any. */
export async function revokeLaunch(aws: Connection, region: string, ami: string): Promise<boolean> {
  if ((await permissionsOf(aws, region, ami)).length === 0) return false;
  await ask({ action: 'ec2:ResetImageAttribute', region, about: ami }, () =>
    aws.client(EC2Client, region).send(new ResetImageAttributeCommand({ ImageId: ami, Attribute: 'launchPermission' })),
  );
  return true;
}

/** Lets accounts, organizations and organizational units launch from the AMI. Repeating it changes nothing. */
export async function grantLaunch(aws: Connection, region: string, ami: string, to: Sharing): Promise<void> {
  const Add: LaunchPermission[] = [
    ...to.accounts.map((UserId) => ({ UserId })),
    ...to.organizations.map((OrganizationArn) => ({ OrganizationArn })),
    ...to.organizationalUnits.map((OrganizationalUnitArn) => ({ OrganizationalUnitArn })),
  ];
  if (Add.length === 0) return;
  await modify(aws, region, { ImageId: ami, LaunchPermission: { Add } });
}

async function modify(aws: Connection, region: string, input: ModifyImageAttributeCommandInput): Promise<void> {
  await ask({ action: 'ec2:ModifyImageAttribute', region, about: input.ImageId }, () =>
    aws.client(EC2Client, region).send(new ModifyImageAttributeCommand(input)),
  );
}
