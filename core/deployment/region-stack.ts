// The stacks that send events from the target regions of a deployment to its home region, and what becomes of each.
import { partitionOf } from '../recipe/regions.ts';

/** Two deployments may send events from one region, even two of one stage in different home regions. */
export const regionStackName = (deployment: string, home: string): string => `${deployment}-events-to-${home}`;

/** Tags that tell the deployment and the version of a stack. */
export const forwardsTo = 'golden:events-to';
export const versionTag = 'golden:version';

export const regionStackParameters = (home: string, account: string, forwarder: string): Record<string, string> => ({
  HomeBus: `arn:${partitionOf(home) ?? 'aws'}:events:${home}:${account}:event-bus/default`,
  Forwarder: forwarder,
});

/** A stack as CloudFormation describes it. */
export interface DescribedStack {
  status: string;
  /** Why the stack has its status, if CloudFormation says so. */
  reason?: string | undefined;
  tags: Record<string, string>;
}

/**
 * What becomes of the stack of a region. `replace`: CloudFormation can only delete what is there. `wait`: CloudFormation is
 * changing the stack. `refuse`: a person must look.
 */
export type StackStep = 'create' | 'update' | 'keep' | 'remove' | 'replace' | 'wait' | 'refuse' | 'none';

const current = /^(CREATE|UPDATE)_COMPLETE$/;
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html lists the statuses of a stack.
const onlyToDelete =
  /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED|UPDATE_ROLLBACK_FAILED|UPDATE_FAILED)$/;

/** @param wanted Whether the region is to have a stack. @param to The home region of the deployment. @param version Of the template and its parameters. */
export function stackStep(
  stack: DescribedStack | undefined,
  { wanted, to, version }: { wanted: boolean; to: string; version: string },
): { step: StackStep; why: string } {
  if (!stack) return wanted ? { step: 'create', why: 'a recipe copies images there' } : { step: 'none', why: '' };
  const { status, tags } = stack;
  if (tags[forwardsTo] !== to)
    return { step: 'refuse', why: `a stack of that name lacks the tag ${forwardsTo}=${to}, so it is not ours` };
  if (status === 'REVIEW_IN_PROGRESS')
    return { step: 'refuse', why: 'its first change set was never executed: execute or delete it in the console' };
  if (status.endsWith('_IN_PROGRESS')) return { step: 'wait', why: `CloudFormation is busy with it (${status})` };
  if (!wanted) return { step: 'remove', why: 'no recipe copies images there' };
  if (onlyToDelete.test(status)) return { step: 'replace', why: `it is ${status}` };
  if (!current.test(status)) return { step: 'update', why: `it is ${status}` };
  return tags[versionTag] === version
    ? { step: 'keep', why: 'it is current' }
    : { step: 'update', why: `it is of version ${tags[versionTag] ?? 'unknown'}, current is ${version}` };
}
