// Resources in EC2 that no current build owns. Tests create them without the API, to choose any kind, age and tag.
import { keyOf } from '../../core/memory/documents.ts';
import type { SweepOutcome, SweepReport } from '../../core/sweep/sweep-report.ts';
import type { Action } from '../../simulator/aws/calls/actions.ts';
import { storeObject } from '../../simulator/aws/s3.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { account } from './pipeline.ts';
import { day } from './triggered.ts';

export interface Planting {
  region?: string;
  owner?: string;
  build?: string;
  recipe?: string;
  /** Days from the simulation's now; absent means no tag for it. */
  expiresIn?: number;
  /** Days before the simulation's now. */
  age?: number;
  /** Replaces all tags. */
  tags?: Record<string, string>;
}

export const deadBuild = '20261101-030000-dead';

/** Writes a build's records into the bucket: its owner and its result. */
export function recordBuild(
  simulation: Simulation,
  build: string,
  { owner = forgotten(simulation), manifest, ledger }: { owner?: string; manifest?: object; ledger?: object } = {},
): void {
  const { world } = simulation.cloud;
  const bucket = world.buckets.get(simulation.bucket)!;
  const put = (name: 'owner' | 'manifest' | 'ledger', content: object) =>
    storeObject(world, bucket, keyOf({ recipe: 'base', build }, name), JSON.stringify(content));
  put('owner', { execution: owner, build });
  if (manifest) put('manifest', manifest);
  if (ledger) put('ledger', ledger);
}

/** An execution that ended so long ago that Step Functions has forgotten it. */
export const forgotten = ({ stateMachineArn }: Simulation): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:forgotten`;

function tagsOf({ clock }: Simulation, planting: Planting): Map<string, string> {
  const { recipe = 'base', build = deadBuild, expiresIn, tags } = planting;
  if (tags) return new Map(Object.entries(tags));
  const expires = expiresIn === undefined ? undefined : new Date(clock.now() + expiresIn * day * 1000).toISOString();
  return new Map(
    Object.entries({ 'golden:recipe': recipe, 'golden:build': build, ...(expires && { 'golden:expires': expires }) }),
  );
}

const madeAt = ({ clock }: Simulation, { age = 30 }: Planting) => clock.now() - age * day * 1000;

export function plantVolume(simulation: Simulation, planting: Planting = {}, instance?: string): string {
  const { region = 'us-east-1', owner = account } = planting;
  const { world } = simulation.cloud;
  const id = world.newId('vol', region);
  world.region(region).volumes.set(id, {
    id,
    owner,
    zone: `${region}a`,
    state: instance ? 'in-use' : 'available',
    attachment: instance ? { instance, device: '/dev/sdf', deleteOnTermination: false, at: 0 } : undefined,
    sizeGiB: 8,
    usedGiB: 1,
    type: 'gp3',
    keyArn: undefined,
    snapshot: undefined,
    createdAt: madeAt(simulation, planting),
    tags: tagsOf(simulation, planting),
  });
  world.views.settle(region);
  return id;
}

export function plantSnapshot(simulation: Simulation, planting: Planting = {}): string {
  const { region = 'us-east-1', owner = account } = planting;
  const { world } = simulation.cloud;
  const id = world.newId('snap', region);
  const at = madeAt(simulation, planting);
  world.region(region).snapshots.set(id, {
    id,
    owner,
    description: '',
    state: 'completed',
    startedAt: at,
    endsAt: at,
    volume: 'vol-ffffffff',
    sizeGiB: 8,
    usedGiB: 1,
    keyArn: undefined,
    sharedWith: new Set(),
    tags: tagsOf(simulation, planting),
  });
  world.views.settle(region);
  return id;
}

/** An AMI on a snapshot of its own with the same tags. */
export function plantImage(
  simulation: Simulation,
  { state = 'available', ...planting }: Planting & { state?: 'available' | 'failed' | 'pending' | 'disabled' } = {},
): { ami: string; snapshot: string } {
  const { region = 'us-east-1', owner = account } = planting;
  const { cloud } = simulation;
  const snapshot = plantSnapshot(simulation, planting);
  const disk = { device: '/dev/xvda', snapshot, sizeGiB: 8, type: 'gp3', encrypted: false, deleteOnTermination: true };
  const { id: ami } = cloud.addImage({
    name: `planted ${snapshot}`,
    owner,
    region,
    state,
    createdAt: madeAt(simulation, planting),
    mappings: [disk],
    tags: tagsOf(simulation, planting),
  });
  return { ami, snapshot };
}

/** Launched now, regardless of its age, because EC2 shows no other date. */
export function plantInstance(simulation: Simulation, planting: Planting = {}): string {
  const { region = 'us-east-1', owner = account } = planting;
  const { cloud } = simulation;
  const image = cloud.addImage({ name: `for ${cloud.world.newId('i', region)}`, owner, region });
  const { InstanceId } = (
    (cloud.services.ec2['RunInstances'] as Action)(
      { ImageId: image.id, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 },
      { account: owner, region },
    ) as { Instances: { InstanceId: string }[] }
  ).Instances[0]!;
  const instance = cloud.world.region(region).instances.get(InstanceId)!;
  instance.tags = tagsOf(simulation, planting);
  instance.launchedAt = madeAt(simulation, planting);
  return InstanceId;
}

export interface SweptRun extends Execution {
  outcome: SweepOutcome;
  report: SweepReport | undefined;
}

export async function sweepNow(
  simulation: Simulation,
  input: { dryRun?: boolean; cap?: number } = {},
): Promise<SweptRun> {
  const execution = await simulation.finish(simulation.sweep(input));
  const report = simulation.read(
    { execution: execution.arn, startedAt: execution.startDate.toISOString() },
    'sweepReport',
  );
  return {
    ...execution,
    outcome: JSON.parse(execution.output ?? 'null') as SweepOutcome,
    report,
  };
}

/** The account's existing resources of a build, by id. */
export function present({ cloud }: Simulation, ids: string[]): string[] {
  return ids.filter((id) =>
    [...new Set(['us-east-1', 'eu-west-1', 'sa-east-1', 'ap-southeast-2'])].some((name) => {
      const { instances, volumes, images, snapshots } = cloud.world.region(name);
      const state =
        instances.get(id)?.state ?? volumes.get(id)?.state ?? images.get(id)?.state ?? snapshots.get(id)?.state;
      return state !== undefined && !['shutting-down', 'terminated', 'deregistered'].includes(state);
    }),
  );
}
