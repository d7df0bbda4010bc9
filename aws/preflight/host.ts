import { DescribeHostsCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Facts } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { look } from './seen.ts';

/** The Dedicated Host that a recipe names. @throws AwsTransient */
export async function lookAtHost(aws: Connection, { builder: { hostId } }: Recipe): Promise<Pick<Facts, 'host'>> {
  if (hostId === undefined) return {};
  const host = await look(async () => {
    const answer = await ask(
      { action: 'ec2:DescribeHosts', region: aws.region, about: hostId },
      () => aws.client(EC2Client).send(new DescribeHostsCommand({ HostIds: [hostId] })),
      { gone: () => undefined },
    );
    const [found] = answer?.Hosts ?? [];
    if (!found) return null;
    // A host is for one type, or for all types of a family.
    const { InstanceType, InstanceFamily } = found.HostProperties ?? {};
    const family = InstanceType ?? InstanceFamily;
    return { state: found.State ?? 'unknown', zone: found.AvailabilityZone ?? '', ...(family && { family }) };
  });
  return { host };
}
