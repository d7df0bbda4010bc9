import { keyOf } from '../../core/memory/documents.ts';
import { regionStackParameters } from '../../core/deployment/region-stack.ts';
import { regionStack } from '../../infrastructure/triggers/region-stack.ts';
import { makeResources } from '../aws/cloudformation/stack-resources.ts';
import type { SimulatedCloud } from '../aws/cloud.ts';
import { storeObject } from '../aws/s3.ts';
import { deployedNames } from './deployed-names.ts';

/** Regions whose events come to the pipeline: the result of an earlier `golden regions --apply`. */
export function addRegionStacks(
  { events, world }: SimulatedCloud,
  { account, region: home }: { account: string; region: string },
  regions: string[],
): void {
  const { forwarder, bucket: name } = deployedNames(home, account);
  const bucket = world.buckets.get(name);
  if (bucket && regions.length > 0) storeObject(world, bucket, keyOf({}, 'regionStacks'), JSON.stringify({ regions }));
  const parameters = regionStackParameters(home, account, forwarder);
  for (const region of regions) makeResources(regionStack, parameters, { account, region, events });
}
