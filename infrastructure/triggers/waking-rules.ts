import type { Resources } from '../cloudformation.ts';
import { calls, rule } from './rules.ts';

/** The rules that wake states which wait for an instance, a command, snapshots or an AMI. */
export const wakingRules: Resources = {
  InstanceChanged: rule(
    'An instance is stopped or has ended: a build may wait for it. That it runs says nothing yet of its SSM agent.',
    {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
      detail: { state: ['stopped', 'terminated'] },
    },
    calls('wake'),
  ),
  CommandEnded: rule(
    'A command has ended: a build may wait for it.',
    {
      source: ['aws.ssm'],
      'detail-type': ['EC2 Command Invocation Status-change Notification'],
      detail: { status: [{ 'anything-but': ['Pending', 'InProgress', 'Delayed', 'Cancelling'] }] },
    },
    calls('wake'),
  ),
  SnapshotsEnded: rule(
    'The snapshots of an instance, or the copy of one, are complete or have failed: a build may wait for them.',
    {
      source: ['aws.ec2'],
      'detail-type': ['EBS Multi-Volume Snapshots Completion Status', 'EBS Snapshot Notification'],
      detail: { event: ['createSnapshots', 'copySnapshot'] },
    },
    calls('wake'),
  ),
  ImageChanged: rule(
    'An AMI, of this region or of one with a stack of golden regions, is available or never will be: a build may wait for it.',
    { source: ['aws.ec2'], 'detail-type': ['EC2 AMI State Change'] },
    calls('wake'),
  ),
};
