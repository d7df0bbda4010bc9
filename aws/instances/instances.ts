import {
  DescribeInstancesCommand,
  EC2Client,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type Instance,
} from '@aws-sdk/client-ec2';
import type { InstanceDescription } from '../../core/launch/instance-state.ts';
import type { BuildIdentity, Role } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { reasonText } from '../state-reason.ts';
import { filtersOf } from '../tags.ts';

const describe = ({ InstanceId = '', State, StateReason, InstanceLifecycle }: Instance): InstanceDescription => ({
  instance: InstanceId,
  state: State?.Name ?? 'unknown',
  reason: StateReason && reasonText(StateReason),
  reasonCode: StateReason?.Code,
  ...(InstanceLifecycle === 'spot' && { spot: true }),
});

/** Instances of a build, including ended ones for the hour that EC2 still shows them. */
export async function findInstances(
  aws: Connection,
  identity: BuildIdentity,
  role?: Role,
): Promise<InstanceDescription[]> {
  const ec2 = aws.client(EC2Client);
  const about = `${identity.recipe} ${identity.build}`;
  const reservations = await ask({ action: 'ec2:DescribeInstances', region: aws.region, about }, () =>
    everyPage(
      (NextToken) =>
        ec2.send(new DescribeInstancesCommand({ Filters: filtersOf(identity, role), MaxResults: 100, NextToken })),
      ({ Reservations }) => Reservations,
    ),
  );
  return reservations.flatMap(({ Instances }) => Instances ?? []).map(describe);
}

/** One instance; undefined while EC2 does not know its id yet. */
export async function describeInstance(aws: Connection, instance: string): Promise<InstanceDescription | undefined> {
  const answer = await ask(
    { action: 'ec2:DescribeInstances', region: aws.region, about: instance },
    () => aws.client(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [instance] })),
    { gone: () => undefined },
  );
  const found = answer?.Reservations?.[0]?.Instances?.[0];
  return found && describe(found);
}

/** Stops an instance, or finds it stopped. @returns the state that it has now; undefined if its state allows no stop. */
export async function stopInstance(aws: Connection, instance: string): Promise<string | undefined> {
  const answer = await ask(
    { action: 'ec2:StopInstances', region: aws.region, about: instance },
    () => aws.client(EC2Client).send(new StopInstancesCommand({ InstanceIds: [instance] })),
    { 'not yet': () => undefined },
  );
  return answer?.StoppingInstances?.[0]?.CurrentState?.Name;
}

/** Terminates instances, with one call if EC2 knows them all. An instance that EC2 no longer knows is no error. */
export async function terminateInstances(aws: Connection, instances: string[], region = aws.region): Promise<void> {
  if (instances.length === 0) return;
  await ask<unknown, void>(
    { action: 'ec2:TerminateInstances', region, about: instances.join(', ') },
    () => aws.client(EC2Client, region).send(new TerminateInstancesCommand({ InstanceIds: instances })),
    {
      // EC2 then terminates none of them.
      gone: async () => {
        if (instances.length === 1) return;
        for (const instance of instances) await terminateInstances(aws, [instance], region);
      },
    },
  );
}
