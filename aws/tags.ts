import type { Filter, ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import type { BuildIdentity, Role, Tags } from '../core/tags.ts';

export const toTags = (tags: Tags): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export const fromTags = (tags: Tag[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

/** Tags given at creation: tag policies are met, and nothing of ours ever exists without its tags. */
export const tagSpecifications = (types: ResourceType[], tags: Tags): TagSpecification[] =>
  types.map((ResourceType) => ({ ResourceType, Tags: toTags(tags) }));

/** EC2 filters for everything that a build made. */
export const filtersOf = ({ recipe, build }: BuildIdentity, role?: Role): Filter[] => [
  { Name: 'tag:golden:recipe', Values: [recipe] },
  { Name: 'tag:golden:build', Values: [build] },
  ...(role ? [{ Name: 'tag:golden:role', Values: [role] }] : []),
];
