import type { Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { ApiError } from '../calls/actions.ts';
import type { TagMap } from '../state/tags.ts';

// The rules that EC2 applies to tags, and the two shapes of tags in requests and answers.

/** Tags as AWS returns them: absent if there are none. */
export const tagList = (tags: TagMap): { Key: string; Value: string }[] | undefined =>
  tags.size === 0 ? undefined : [...tags].map(([Key, Value]) => ({ Key, Value }));

/** The tags in a request by resource type. Types that the request does not create are refused, as in EC2. */
export function specifiedTags<Type extends string>(
  specifications: TagSpecification[] | undefined,
  types: readonly Type[],
): (type: Type) => TagMap {
  const byType = new Map<string, TagMap>();
  for (const { ResourceType = '', Tags = [] } of specifications ?? []) {
    if (!types.includes(ResourceType as Type)) {
      throw new ApiError(
        'InvalidParameterValue',
        `'${ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    if (byType.has(ResourceType)) {
      throw new ApiError(
        'InvalidParameter',
        `Tag specification resource type '${ResourceType}' may be specified once.`,
      );
    }
    byType.set(ResourceType, addTags(new Map(), Tags));
  }
  return (type) => new Map(byType.get(type));
}

/**
 * Limits are in "Tag restrictions" of https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html, which gave 127 and 255
 * until 2018. The message is from iriusrisk/GoCD-EC2-Elastic-Agent-Plugin#24. It is undocumented whether EC2 counts UTF-16
 * surrogates separately.
 */
function tooLong(what: 'key' | 'value', text: string, most: number): void {
  if (text.length > most)
    throw new ApiError('InvalidParameterValue', `Tag ${what} exceeds the maximum length of ${most} characters`);
}

export function addTags(to: TagMap, tags: Tag[]): TagMap {
  const keys = tags.map((tag) => tag.Key ?? '');
  if (new Set(keys).size < keys.length) throw new ApiError('InvalidParameterValue', 'Duplicate tag key specified.');
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '') throw new ApiError('InvalidParameterValue', 'Tag key cannot be empty.');
    tooLong('key', Key, 128);
    tooLong('value', Value, 256);
    if (/^aws:/i.test(Key)) {
      throw new ApiError('InvalidParameterValue', "Tag keys starting with 'aws:' are reserved for internal use");
    }
    to.set(Key, Value);
  }
  if (to.size > 50) throw new ApiError('TagLimitExceeded', 'More than 50 tags specified');
  return to;
}
