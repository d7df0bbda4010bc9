import { DescribeImagesCommand, DescribeSnapshotsCommand, EC2Client, type Image } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import {
  quotasNeeded,
  regionQuotas,
  type AppliedQuota,
  type Quota,
  type RegionUse,
} from '../../core/forecast/region-quotas.ts';
import { Failure } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';
import { ask, everyPage } from '../errors.ts';
import { look } from '../preflight/seen.ts';

/** A quota as it applies to the account. Service Quotas shows no value of some quotas that were never raised. */
const readQuota = (aws: Connection, region: string, { service, code }: Quota): Promise<AppliedQuota> =>
  ask<AppliedQuota, AppliedQuota>(
    { action: 'servicequotas:GetServiceQuota', region, about: code },
    async () => {
      const call = new GetServiceQuotaCommand({ ServiceCode: service, QuotaCode: code });
      const { Quota: shown } = await aws.client(ServiceQuotasClient, region).send(call);
      return shown?.Value === undefined ? {} : { most: shown.Value };
    },
    { NoSuchResourceException: () => ({}) },
  );

/** More AMIs than these are not counted: ResolvePlan has two minutes. */
const mostCounted = 20_000;

/** The AMIs of the account in a region, disabled ones included. EC2 counts those in the Recycle Bin, too, which are not read. */
async function countImages(aws: Connection, region: string) {
  const ec2 = aws.client(EC2Client, region);
  const count = { all: 0, public: 0, pending: 0 };
  const counted = (images: Image[] = []) => {
    count.all += images.length;
    count.public += images.filter(({ Public }) => Public).length;
    count.pending += images.filter(({ State }) => State === 'pending').length;
    if (count.all > mostCounted)
      throw new Failure('AwsRefused', `it has more than ${mostCounted} AMIs, which are not counted`);
    return images;
  };
  const input = { Owners: ['self'], IncludeDisabled: true, MaxResults: 1000 };
  await ask({ action: 'ec2:DescribeImages', region, about: 'all of the account' }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeImagesCommand({ ...input, NextToken })),
      ({ Images }) => counted(Images),
    ),
  );
  return count;
}

async function countPendingSnapshots(aws: Connection, region: string): Promise<number> {
  const ec2 = aws.client(EC2Client, region);
  const input = { OwnerIds: ['self'], Filters: [{ Name: 'status', Values: ['pending'] }], MaxResults: 1000 };
  const pending = await ask({ action: 'ec2:DescribeSnapshots', region, about: 'those that are pending' }, () =>
    everyPage(
      (NextToken) => ec2.send(new DescribeSnapshotsCommand({ ...input, NextToken })),
      ({ Snapshots }) => Snapshots,
    ),
  );
  return pending.length;
}

/** What the account has and may have in each region of a recipe. Only a plan looks: a build makes no call for this. */
export async function readRegionUses(aws: Connection, recipe: Recipe): Promise<Record<string, RegionUse>> {
  const regions = [...new Set([aws.region, ...recipe.distribute.map(({ region }) => region)])];
  const uses = regions.map(async (region): Promise<[string, RegionUse]> => {
    const [images, pendingSnapshots, quotas] = await Promise.all([
      look(() => countImages(aws, region)),
      look(() => countPendingSnapshots(aws, region)),
      Promise.all(
        quotasNeeded(recipe, region).map(
          async (name) => [name, await look(() => readQuota(aws, region, regionQuotas[name]))] as const,
        ),
      ),
    ]);
    return [region, { images, pendingSnapshots, quotas: Object.fromEntries(quotas) }];
  });
  return Object.fromEntries(await Promise.all(uses));
}
