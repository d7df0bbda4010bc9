import type { CreateTagsRequest, DeleteTagsRequest, DescribeTagsRequest, Tag } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { filters, page, required, strict } from '../calls/strict.ts';
import type { Region } from '../state/region.ts';
import type { TagMap } from '../state/tags.ts';
import type { World } from '../state/world.ts';
import { selectByFilters, type Fields } from './filters.ts';
import { imageById } from './images/images.ts';
import { snapshotById } from './images/snapshots.ts';
import { instanceById } from './instances/instances.ts';
import { paginate } from './pagination.ts';
import { addTags } from './tags.ts';
import { volumeById } from './volumes.ts';

// EC2's actions on tags: CreateTags, DeleteTags, DescribeTags.

type Tagged = { id: string; type: string; key: string; value: string; tags: TagMap };

const fields: Fields<Tagged> = {
  'resource-id': (tag) => tag.id,
  'resource-type': (tag) => tag.type,
  key: (tag) => tag.key,
  value: (tag) => tag.value,
};

export const tagActions = (world: World): Actions => ({
  CreateTags: strict('ec2:CreateTags', 'Resources Tags.Key Tags.Value', (input: CreateTagsRequest, caller) => {
    const resources = ownResources(world, caller, input.Resources);
    required(input.Tags?.[0], 'Tag');
    // All or none: check every resource's limit before touching the first.
    for (const { tags } of resources) addTags(new Map(tags), input.Tags ?? []);
    for (const { tags } of resources) addTags(tags, input.Tags ?? []);
    return {};
  }),
  DeleteTags: strict('ec2:DeleteTags', 'Resources Tags.Key Tags.Value', (input: DeleteTagsRequest, caller) => {
    // All or none here, too. A missing tag is no error.
    for (const { tags } of ownResources(world, caller, input.Resources)) {
      const wanted = input.Tags ?? [...tags.keys()].map((Key): Tag => ({ Key }));
      for (const { Key = '', Value } of wanted) if (Value === undefined || tags.get(Key) === Value) tags.delete(Key);
    }
    return {};
  }),
  DescribeTags: strict('ec2:DescribeTags', `${filters} ${page}`, (input: DescribeTagsRequest, caller) => {
    const region = world.region(caller.region);
    const tables = {
      instance: region.instances,
      image: region.images,
      snapshot: region.snapshots,
      volume: region.volumes,
      'network-interface': region.interfaces,
    };
    const all: Tagged[] = [];
    for (const [type, table] of Object.entries(tables)) {
      for (const { id, owner, tags } of table.values()) {
        if (owner === caller.account) for (const [key, value] of tags) all.push({ id, type, key, value, tags });
      }
    }
    const { items, NextToken } = paginate(selectByFilters(all, input.Filters, fields), input, { min: 5, max: 1000 });
    return {
      Tags: items.map((tag) => ({ ResourceId: tag.id, ResourceType: tag.type, Key: tag.key, Value: tag.value })),
      NextToken,
    };
  }),
});

function ownResources(world: World, caller: Caller, ids: string[] | undefined): { tags: TagMap }[] {
  required(ids?.[0], 'ResourceId');
  return (ids ?? []).map((id) => ownResource(world.region(caller.region), caller, id));
}

function ownResource(region: Region, caller: Caller, id: string): { owner: string; tags: TagMap } {
  const resource = resourceById(region, caller, id);
  if (resource.owner !== caller.account)
    throw new Error(`the simulator does not tag ${id}, which another account owns`);
  return resource;
}

export function resourceById(region: Region, caller: Caller, id: string): { owner: string; tags: TagMap } {
  if (id.startsWith('ami-')) return imageById(region, caller, id);
  if (id.startsWith('i-')) return instanceById(region, caller, id);
  if (id.startsWith('snap-')) return snapshotById(region, caller, id);
  if (id.startsWith('vol-')) return volumeById(region, caller, id);
  const resource = region.interfaces.get(id);
  if (!resource) throw new ApiError('InvalidID', `The ID '${id}' is not valid`);
  return resource;
}
