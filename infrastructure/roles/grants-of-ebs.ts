// The blocks of snapshots, which EC2 reads and writes with its caller's permissions when it stores and restores an AMI.
import { madeByUs, snapshotHere, type GrantTable } from './policies.ts';

const ours = [{ Resource: snapshotHere, Condition: madeByUs }];
/** AWS does not say whether the tags of the request are known yet when a snapshot is begun, so no condition is set. */
const begun = [{ Resource: snapshotHere }];

export const grantsOfEbs: GrantTable = {
  'ebs:CompleteSnapshot': begun,
  'ebs:GetSnapshotBlock': ours,
  'ebs:ListChangedBlocks': ours,
  'ebs:ListSnapshotBlocks': ours,
  'ebs:PutSnapshotBlock': begun,
  'ebs:StartSnapshot': begun,
};
