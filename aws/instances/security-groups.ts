import { DescribeSecurityGroupsCommand, EC2Client, type Filter, type IpPermission } from '@aws-sdk/client-ec2';
import type { GroupFacts } from '../../core/preflight/facts.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';

export const where = (Name: string, Values: string[]): Filter => ({ Name, Values });

const letsHttpsOut = ({ IpProtocol, FromPort = 0, ToPort = 65_535 }: IpPermission) =>
  IpProtocol === '-1' || ((IpProtocol === 'tcp' || IpProtocol === '6') && FromPort <= 443 && ToPort >= 443);

/** Security groups by their ids, or the default groups of VPCs. */
export async function describeGroups(aws: Connection, ids: string[], vpcs: string[] = []): Promise<GroupFacts[]> {
  const ofVpcs = [where('vpc-id', vpcs), where('group-name', ['default'])];
  const Filters = ids.length > 0 ? [where('group-id', ids)] : ofVpcs;
  const found = await ask({ action: 'ec2:DescribeSecurityGroups', region: aws.region, about: ids.join(', ') }, () =>
    everyPage(
      (NextToken) =>
        aws.client(EC2Client).send(new DescribeSecurityGroupsCommand({ Filters, MaxResults: 1000, NextToken })),
      ({ SecurityGroups }) => SecurityGroups,
    ),
  );
  return found.map(({ GroupId = '', VpcId = '', IpPermissions = [], IpPermissionsEgress = [] }) => ({
    group: GroupId,
    vpc: VpcId,
    https: IpPermissionsEgress.some(letsHttpsOut),
    inbound: IpPermissions.length > 0,
  }));
}
