import { DescribeInstancesCommand, EC2Client, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import type { Plan } from '../../core/build/plan.ts';
import { Failure } from '../../core/errors.ts';
import type { Hold } from '../../core/undo/hold.ts';
import { groupsOfHold, notIsolated, rulesOf } from '../../core/undo/isolation.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument, write } from '../memory/documents.ts';
import { describeGroups } from '../instances/security-groups.ts';

type Groups = NonNullable<Hold['groups']>;

/** The security groups of an instance's network interfaces. */
async function groupsOf(aws: Connection, { instance, region }: Hold): Promise<Groups> {
  const { Reservations = [] } = await ask({ action: 'ec2:DescribeInstances', region, about: instance }, () =>
    aws.client(EC2Client, region).send(new DescribeInstancesCommand({ InstanceIds: [instance] })),
  );
  const interfaces = Reservations.flatMap(({ Instances = [] }) => Instances).flatMap(
    ({ NetworkInterfaces = [] }) => NetworkInterfaces,
  );
  return Object.fromEntries(
    interfaces.map(({ NetworkInterfaceId = '', Groups = [] }) => [
      NetworkInterfaceId,
      Groups.map(({ GroupId = '' }) => GroupId),
    ]),
  );
}

const same = (some: string[] = [], others: string[] = []): boolean =>
  some.toSorted().join() === others.toSorted().join();

/** Changes the groups of the interfaces that have others. */
async function setGroups(aws: Connection, { region, instance }: Hold, now: Groups, wanted: Groups): Promise<void> {
  for (const [NetworkInterfaceId, Groups] of Object.entries(wanted)) {
    if (same(Groups, now[NetworkInterfaceId])) continue;
    const about = `${NetworkInterfaceId} of ${instance}`;
    await ask({ action: 'ec2:ModifyNetworkInterfaceAttribute', region, about }, () =>
      aws.client(EC2Client, region).send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups })),
    );
  }
}

/**
 * Takes the security groups that let something in from a held instance, and writes down first which groups it had.
 * @param deployments The security groups of the deployment.
 * @returns The hold as it is written then.
 * @throws AwsRefused if there is no group in its VPC that lets nothing in.
 */
export async function isolate(artifacts: Artifacts, plan: Plan, held: Hold, deployments: string[]): Promise<Hold> {
  const { aws } = artifacts;
  const now = await groupsOf(aws, held);
  const had = { ...now, ...held.groups };
  const seen = await describeGroups(aws, [...new Set([...Object.values(had).flat(), ...deployments])]);
  const wanted: Groups = {};
  for (const [id, groups] of Object.entries(had)) {
    const isolated = groupsOfHold(rulesOf(groups, seen), rulesOf(deployments, seen));
    if (!isolated) throw new Failure('AwsRefused', notIsolated(rulesOf(groups, seen)));
    wanted[id] = isolated;
  }
  const changed = Object.entries(had).filter(([id, groups]) => !same(groups, wanted[id]));
  if (changed.length === 0) return held;
  const known = { ...held, groups: Object.fromEntries(changed) };
  if (!held.groups) await write(artifacts, plan, 'held', known);
  await setGroups(aws, known, now, wanted);
  return known;
}

/** Gives an instance that was held the security groups of its launch back, before its build goes on. */
export async function giveGroupsBack(artifacts: Artifacts, plan: Plan, instance: string): Promise<void> {
  const held = await readDocument(artifacts, plan, 'held');
  if (held?.instance !== instance || !held.groups) return;
  await setGroups(artifacts.aws, held, await groupsOf(artifacts.aws, held), held.groups);
}
