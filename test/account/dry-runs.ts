// EC2 judges the calls of a build of each recipe, as dry runs: whether it takes the parameters, and the caller's permission.
import {
  CopyImageCommand,
  CreateImageCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ResetImageAttributeCommand,
  ResetSnapshotAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { join } from 'node:path';
import { readRecipeFolder } from '../../cli/recipes/recipe-folder.ts';
import { defaultSettings } from '../../core/deployment/deployment-settings.ts';
import { root } from '../../scripts/setup.mjs';
import { createSimulation } from '../../simulator/pipeline/simulation.ts';
import type { Account } from './account.ts';
import { Skipped, type AccountCheck } from './check.ts';
import { assume, builderProfile } from './deployed.ts';

/* eslint-disable @typescript-eslint/no-explicit-any -- the commands share no narrower type */
/** The calls by which a build changes something in EC2. */
const commands: Record<string, new (input: any) => any> = {
  RunInstances: RunInstancesCommand,
  CopyImage: CopyImageCommand,
  CreateImage: CreateImageCommand,
  CreateTags: CreateTagsCommand,
  DeleteSnapshot: DeleteSnapshotCommand,
  DeleteTags: DeleteTagsCommand,
  DeleteVolume: DeleteVolumeCommand,
  DeregisterImage: DeregisterImageCommand,
  ModifyImageAttribute: ModifyImageAttributeCommand,
  ModifySnapshotAttribute: ModifySnapshotAttributeCommand,
  ResetImageAttribute: ResetImageAttributeCommand,
  ResetSnapshotAttribute: ResetSnapshotAttributeCommand,
  StopInstances: StopInstancesCommand,
  TerminateInstances: TerminateInstancesCommand,
};

export interface Planned {
  recipe: string;
  /** Public parameter of the source AMI, where the recipe has one. */
  parameter: string | undefined;
  action: string;
  region: string;
  /** Whether the recipe itself has a target there. */
  wanted: boolean;
  params: Record<string, any>;
}

/** Where a copy goes that no recipe asks for. */
const elsewhere = (region: string, partition: string): string | undefined =>
  partition === 'aws'
    ? region === 'us-east-1'
      ? 'us-west-2'
      : 'us-east-1'
    : partition === 'aws-us-gov'
      ? region === 'us-gov-west-1'
        ? 'us-gov-east-1'
        : 'us-gov-west-1'
      : partition === 'aws-cn'
        ? region === 'cn-north-1'
          ? 'cn-northwest-1'
          : 'cn-north-1'
        : undefined;

/** The calls that change something, each action once, of a simulated build of each recipe in recipes/, and of one whose copy fails. */
export async function planned({ region, partition }: Pick<Account, 'region' | 'partition'>): Promise<Planned[]> {
  const { catalog } = await readRecipeFolder(join(root, 'recipes'), { home: region });
  const calls: Planned[] = [];
  for (const [recipe, document] of Object.entries(catalog.recipes)) {
    const own = document as { source: { parameter?: string }; distribute: { region: string }[] };
    const other = elsewhere(region, partition);
    const distribute = own.distribute.length > 1 || !other ? own.distribute : [...own.distribute, { region: other }];
    const copyFails = { images: [{ region: other ?? region, name: '*', fail: 'no', afterSeconds: 9 }] };
    for (const scenario of [{}, copyFails]) {
      const recipes = { ...catalog.recipes, [recipe]: { ...own, distribute } };
      const simulation = createSimulation({ catalog: { ...catalog, recipes }, region, scenario });
      await simulation.finish(simulation.start({ recipe }));
      for (const { service, action, region: at, params, error } of simulation.cloud.calls) {
        if (service !== 'ec2' || error || !(action in commands)) continue;
        if (calls.some((one) => one.recipe === recipe && one.action === action)) continue;
        calls.push({
          recipe,
          parameter: own.source.parameter,
          action,
          region: at,
          wanted: at === region || own.distribute.some((target) => target.region === at),
          params: params as Planned['params'],
        });
      }
    }
  }
  return calls;
}

const kinds = { i: 'instance', ami: 'AMI', snap: 'snapshot', vol: 'volume' } as const;
type Kind = keyof typeof kinds;

/** Something of each kind that the pipeline made in the account, if there is any: a dry run leaves it as it is. */
async function ofTheAccount(ec2: EC2Client): Promise<Partial<Record<Kind, string>>> {
  const Filters = [{ Name: 'tag-key', Values: ['golden:build'] }];
  const [instances, images, snapshots, volumes] = await Promise.all([
    ec2.send(
      new DescribeInstancesCommand({
        Filters: [...Filters, { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] }],
      }),
    ),
    ec2.send(new DescribeImagesCommand({ Owners: ['self'], Filters })),
    ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters })),
    ec2.send(new DescribeVolumesCommand({ Filters })),
  ]);
  const found: Record<Kind, string | undefined> = {
    i: instances.Reservations?.[0]?.Instances?.[0]?.InstanceId,
    ami: images.Images?.[0]?.ImageId,
    snap: snapshots.Snapshots?.[0]?.SnapshotId,
    vol: volumes.Volumes?.[0]?.VolumeId,
  };
  return Object.fromEntries(Object.entries(found).filter(([, id]) => id !== undefined));
}

/** The parameters with simulated ids replaced by those of the account. */
function withIds(params: Planned['params'], known: Partial<Record<Kind, string>>): Planned['params'] {
  const text = JSON.stringify(params).replace(/"(i|ami|snap|vol)-[0-9a-f]+"/g, (_, kind: Kind) => {
    if (!known[kind])
      throw new Skipped(
        `there is no ${kinds[kind]} of the pipeline here yet; run this again while a build is under way`,
      );
    return `"${known[kind]}"`;
  });
  return JSON.parse(text) as Planned['params'];
}

const simulatedProfile = ({ IamInstanceProfile }: Planned['params']): boolean =>
  IamInstanceProfile?.Name === defaultSettings.instanceProfile;

/** @returns a remark. Throws where EC2 would not do it. */
async function dryRun(ec2: EC2Client, action: string, params: Planned['params']): Promise<string | undefined> {
  try {
    await ec2.send(new commands[action]!({ ...params, DryRun: true }));
  } catch (thrown) {
    const error = thrown as Error;
    if (error.name === 'DryRunOperation') return undefined;
    // the simulator's name of the builder's profile is no name of any deployment's
    if (simulatedProfile(params) && /instance ?profile/i.test(error.message)) {
      const { IamInstanceProfile: _, ...others } = params;
      await dryRun(ec2, action, others);
      return 'without an instance profile: that of a deployment has a generated name';
    }
    throw error;
  }
  throw new Error('EC2 answered a dry run as if it were none');
}

export function dryRuns(account: Account, calls: Planned[]): AccountCheck[] {
  const source = async ({ recipe, parameter }: Planned) => {
    if (!parameter?.startsWith('/aws/')) throw new Skipped(`${recipe} has no public parameter to start from`);
    const { Parameter } = await account.ssm.send(new GetParameterCommand({ Name: parameter }));
    return Parameter!.Value!;
  };
  /** A launch starts from the recipe's source AMI; a copy is tried with that one as well. */
  const paramsOf = async (one: Planned, ec2: EC2Client) => {
    const { action, params } = one;
    if (action === 'RunInstances') return { ...params, ImageId: await source(one) };
    if (action === 'CopyImage') return { ...params, SourceImageId: await source(one) };
    return withIds(params, await ofTheAccount(ec2));
  };
  /** The role may launch with the profile of its deployment only, and copy images only of the own account. */
  const paramsUnderRole = async (one: Planned): Promise<Planned['params']> => {
    const { action, params } = one;
    if (action === 'CopyImage') {
      const { ami } = await ofTheAccount(account.ec2(params['SourceRegion'] as string));
      if (!ami) throw new Skipped('there is no AMI of the pipeline to copy yet; run this again after a build');
      return { ...params, SourceImageId: ami };
    }
    const launch = await paramsOf(one, account.ec2(one.region));
    return simulatedProfile(launch)
      ? { ...launch, IamInstanceProfile: { Name: await builderProfile(account) } }
      : launch;
  };
  return calls.flatMap((one): AccountCheck[] => {
    const { recipe, action, region, wanted } = one;
    const name = `EC2 takes ${action} for ${recipe} in ${region}, as a dry run`;
    const caller = async () => {
      const ec2 = account.ec2(region);
      return dryRun(ec2, action, await paramsOf(one, ec2));
    };
    const role = { RunInstances: 'Launch', CopyImage: 'CopyImage' }[action];
    if (!role) return [{ name, run: caller }];
    const underRole = async () => {
      const ec2 = account.ec2(region, await assume(account, `${role}Role`));
      const params = await paramsUnderRole(one);
      try {
        return await dryRun(ec2, action, params);
      } catch (error) {
        if ((error as Error).name !== 'UnauthorizedOperation') throw error;
        const refusal = `the role may not: ${(error as Error).message}`; // this call was the role's, not the caller's
        throw wanted ? new Error(refusal) : new Skipped(`${refusal}. No recipe goes to ${region}`);
      }
    };
    return [
      { name, run: caller },
      { name: `${name} under the role of ${role}`, run: underRole },
    ];
  });
}
