import { arn, sub, type Text } from '../cloudformation.ts';

export type Condition = Record<string, Record<string, Text | Text[]>>;

/** The resources and conditions under which an action is allowed. */
export interface Grant {
  Resource: Text | Text[];
  Condition?: Condition;
}
/** IAM action → its grants: for all functions, or by the function's key, where `others` are all functions without their own. */
export type GrantTable = Record<string, Grant[] | Record<string, Grant[]>>;

/** Only for actions that take no resource. */
export const anything: Grant[] = [{ Resource: '*' }];

// ARNs of EC2's images and snapshots name no account. Targets may be in any region.
export const here = (kind: string) => arn('ec2:${AWS::Region}:${AWS::AccountId}:' + kind + '/*');
export const anywhere = (kind: string) => arn('ec2:*:${AWS::AccountId}:' + kind + '/*');
export const imageHere = arn('ec2:${AWS::Region}::image/*');
export const snapshotHere = arn('ec2:${AWS::Region}::snapshot/*');
export const images = arn('ec2:*::image/*');
export const snapshots = arn('ec2:*::snapshot/*');
/** Stored AMIs. */
export const archived = sub('${ArchiveBucket.Arn}/ami-*.bin');
export const inBucket = (key: string) => sub('${ArtifactBucket.Arn}/' + key);

/** Only what EC2 itself calls when it looks for the resources that name an AMI. */
export const throughReferences = (Resource: Text = '*'): Grant[] => [
  { Resource, Condition: { 'ForAnyValue:StringEquals': { 'aws:CalledVia': ['ec2-images.amazonaws.com'] } } },
];

const carries = (key: string) => ({ Null: { [`${key}/golden:build`]: 'false' } });
export const madeByUs = carries('aws:ResourceTag');
export const taggedAsOurs = carries('aws:RequestTag');
