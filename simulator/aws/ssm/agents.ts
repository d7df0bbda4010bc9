import type { DescribeInstanceInformationRequest } from '@aws-sdk/client-ssm';
import { ApiError, type Actions } from '../calls/actions.ts';
import { boot, halt, installsAgent } from '../ec2/instances/guest.ts';
import { networkOf, reaches } from '../ec2/network/network.ts';
import { paginate } from '../ec2/pagination.ts';
import { strict } from '../calls/strict.ts';
import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';
import type { Agent } from '../state/agents.ts';

/**
 * Whether an instance's agent can reach Systems Manager. It needs ssm, and also ssmmessages or ec2messages.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
function getsThrough(world: World, { region, owner, subnet, securityGroups, publicIp }: Instance): boolean {
  const network = networkOf(world, world.region(region), owner);
  const from = { subnet, groups: securityGroups, publicIp };
  return (
    reaches(network, from, 'ssm') && (reaches(network, from, 'ssmmessages') || reaches(network, from, 'ec2messages'))
  );
}

/** Whether the agent is installed, or user data can download it from AWS's bucket. */
const canHaveAgent = (world: World, instance: Instance): boolean => {
  const { agent, region, owner, subnet, securityGroups, publicIp } = instance;
  if (agent) return true;
  const network = networkOf(world, world.region(region), owner);
  return installsAgent(instance) && reaches(network, { subnet, groups: securityGroups, publicIp }, 's3');
};

/** Starts an agent with each instance, except without a profile or access to SSM, or if the scenario silences its role. */
export function startAgents(world: World): void {
  world.instanceListeners.push((instance) => {
    const { agents } = world.region(instance.region);
    const agent = agents.get(instance.id);
    if (instance.state === 'running') comeOnline(world, instance);
    else if (agent) setOnline(agent, false);
    if (instance.state === 'terminated') agents.delete(instance.id);
  });
}

function comeOnline(world: World, instance: Instance): void {
  const role = instance.tags.get('golden:role');
  const rule = world.rules.agents.find((each) => each.role === role);
  if (rule) world.hits.add(rule);
  const silenced = rule?.online === false;
  if (
    instance.profileArn === undefined ||
    silenced ||
    !getsThrough(world, instance) ||
    world.happens('agentLost', instance.region)
  )
    return;
  const { agents } = world.region(instance.region);
  const at = { resource: instance.id, region: instance.region };
  if (!canHaveAgent(world, instance)) return;
  const boots = world.delays.draw(`osBoot${instance.system}`, at) + world.delays.draw('agentOnline', at);
  const seconds = boots + (instance.agent ? 0 : world.delays.draw('commandInstall', at));
  instance.agent = true;
  const { transition } = instance;
  world.after(seconds, () => {
    if (instance.transition !== transition) return;
    const agent = agents.get(instance.id) ?? createAgent(world, instance);
    agents.set(instance.id, agent);
    setOnline(agent, true);
  });
}

/** Takes an agent offline or online after the way of its instance to Systems Manager has changed. */
export function checkReach(world: World, instance: Instance): void {
  const agent = world.region(instance.region).agents.get(instance.id);
  if (agent && instance.state === 'running') setOnline(agent, getsThrough(world, instance));
}

function createAgent(world: World, instance: Instance): Agent {
  const agent: Agent = {
    instance,
    online: false,
    listeners: new Set(),
    reboot() {
      halt(instance);
      setOnline(agent, false);
      const { transition } = instance;
      world.after(world.delays.draw('reboot', { resource: instance.id, region: instance.region }), () => {
        if (instance.transition !== transition) return;
        boot(world, instance);
        setOnline(agent, true);
      });
    },
  };
  return agent;
}

function setOnline(agent: Agent, online: boolean): void {
  if (agent.online === online) return;
  agent.online = online;
  for (const listener of agent.listeners) listener();
}

const platforms = {
  AmazonLinux: { PlatformType: 'Linux', PlatformName: 'Amazon Linux', PlatformVersion: '2023' },
  Ubuntu: { PlatformType: 'Linux', PlatformName: 'Ubuntu', PlatformVersion: '24.04' },
  RedHat: { PlatformType: 'Linux', PlatformName: 'Red Hat Enterprise Linux', PlatformVersion: '10.0' },
  Debian: { PlatformType: 'Linux', PlatformName: 'Debian GNU/Linux', PlatformVersion: '13' },
  Windows: {
    PlatformType: 'Windows',
    PlatformName: 'Microsoft Windows Server Datacenter',
    PlatformVersion: '10.0.26100',
  },
};

export const agentActions = (world: World): Actions => ({
  DescribeInstanceInformation: strict(
    'ssm:DescribeInstanceInformation',
    'Filters.Key Filters.Values InstanceInformationFilterList.key InstanceInformationFilterList.valueSet MaxResults NextToken',
    (input: DescribeInstanceInformationRequest, caller) => {
      const conditions = [
        ...(input.Filters ?? []).map(({ Key, Values }) => [Key, Values] as const),
        ...(input.InstanceInformationFilterList ?? []).map(({ key, valueSet }) => [key as string, valueSet] as const),
      ];
      const named = conditions.find(([key]) => key === 'InstanceIds')?.[1];
      const all = [...world.region(caller.region).agents.values()]
        .filter(({ instance }) => instance.owner === caller.account && (named?.includes(instance.id) ?? true))
        .map((agent) => described(world, agent));
      const kept = all.filter((each) => conditions.every(([key, values]) => values?.includes(read(each, key))));
      const limits = { min: 5, max: 50, byDefault: 50, error: 'ValidationException' };
      const { items, NextToken } = paginate(kept, input, limits);
      return { InstanceInformationList: items, NextToken };
    },
  ),
});

function read(each: ReturnType<typeof described>, key: string | undefined): string {
  if (key === 'InstanceIds') return each.InstanceId;
  if (key === 'PingStatus') return each.PingStatus;
  if (key === 'PlatformTypes') return each.PlatformType;
  if (key === 'ResourceType') return each.ResourceType;
  throw new ApiError('InvalidFilterKey', `The filter key ${key} is not valid`);
}

const described = (world: World, { instance, online }: Agent) => ({
  InstanceId: instance.id,
  PingStatus: online ? 'Online' : 'ConnectionLost',
  LastPingDateTime: new Date(world.clock.now()),
  AgentVersion: '3.3.2746.0',
  IsLatestVersion: true,
  ...platforms[instance.system],
  ResourceType: 'EC2Instance',
  IPAddress: instance.privateIp,
  ComputerName: `ip-${instance.privateIp.replaceAll('.', '-')}.${instance.region}.compute.internal`,
});
