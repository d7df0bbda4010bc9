import { ApiError, type Caller } from '../calls/actions.ts';
import type { Region } from '../state/region.ts';
import type { World } from '../state/world.ts';
import type { Image } from '../state/images.ts';
import type { Instance } from '../state/instances.ts';
import { isPublic } from './images/sharing.ts';

const oneVcpu = /^(t1|m1|m3|a1|[cmrx]\d+gd?n?)\.(micro|small|medium)$|^t2\.(nano|micro|small)$/;

/** The vCPUs of an instance type, computed by a rule that is right for the families in use; EC2 has a list instead. */
export function vcpusOf(type: string): number {
  const [family = '', size = ''] = type.split('.');
  if (oneVcpu.test(type)) return 1;
  const [, times] = /^(\d*)xlarge$/.exec(size) ?? [];
  if (times !== undefined) return 4 * (Number(times) || 1);
  const [, metal] = /^metal(?:-(\d+)xl)?$/.exec(size) ?? [];
  if (size.startsWith('metal')) return metal ? 4 * Number(metal) : family === 'a1' ? 16 : 96;
  return 2;
}

/** Families that share a quota: the standard families share one; every other letter has its own. */
const groupOf = (type: string) => (/^[acdhimrtz]/.test(type) ? 'standard' : /^[a-z]+/.exec(type)![0]);

/** How long EC2 counts an instance after its end. */
const lingering = 60_000;

const counts = (world: World, { terminatedAt }: Instance) =>
  terminatedAt === undefined || world.clock.now() - terminatedAt < lingering;

/** Refuses an instance that would exceed a quota. */
export function refuseBeyondLimits(
  world: World,
  region: Region,
  { account }: Caller,
  type: string,
  spot: boolean,
): void {
  const { vcpus, spotVcpus, instances } = world.limits;
  const own = [...region.instances.values()].filter(({ owner }) => owner === account);
  if (instances !== undefined && own.filter((each) => counts(world, each)).length >= instances) {
    throw new ApiError(
      'InstanceLimitExceeded',
      `You have requested more instances (1) than your current instance limit of ${instances} allows for the specified instance type. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  }
  const most = spot ? spotVcpus : vcpus;
  if (most === undefined) return;
  const running = own.filter(
    (each) =>
      !/^(stopped|terminated)$/.test(each.state) &&
      groupOf(each.type) === groupOf(type) &&
      (each.spotRequest !== undefined) === spot,
  );
  if (running.reduce((sum, each) => sum + vcpusOf(each.type), vcpusOf(type)) > most) {
    // github.com/vrivellino/spoptimize/issues/15
    if (spot) throw new ApiError('MaxSpotInstanceCountExceeded', 'Max spot instance count exceeded');
    throw new ApiError(
      'VcpuLimitExceeded',
      `You have requested more vCPU capacity than your current vCPU limit of ${vcpus} allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.`,
    );
  }
}

const ownImages = ({ images }: Region, { account }: Pick<Caller, 'account'>) =>
  [...images.values()].filter(({ owner, state }) => owner === account && state !== 'deregistered');

/**
 * Refuses an AMI that would exceed the quota of AMIs or of pending snapshots. AWS documents the code of the second one
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html); that of the first is assumed to be the one of public AMIs.
 */
export function refuseMoreImages(world: World, region: Region, caller: Caller, snapshots: number): void {
  const { images } = world.limits;
  if (images !== undefined && ownImages(region, caller).length >= images)
    throw new ApiError('ResourceLimitExceeded', `You have reached your quota of ${images} for the number of images.`);
  refuseMoreSnapshots(world, region, caller, snapshots);
}

/** Refuses snapshots that would exceed the quota of pending ones. */
export function refuseMoreSnapshots(world: World, region: Region, caller: Caller, snapshots: number): void {
  const { pendingSnapshots } = world.limits;
  if (pendingSnapshots === undefined) return;
  const pending = [...region.snapshots.values()].filter(
    ({ owner, state }) => owner === caller.account && state === 'pending',
  ).length;
  if (pending + snapshots > pendingSnapshots)
    throw new ApiError(
      'PendingSnapshotLimitExceeded',
      `You have reached the limit of ${pendingSnapshots} pending snapshots.`,
    );
}

/** The message is the one that users of EC2 see: https://github.com/NixOS/amis/issues/37 */
export function refuseMorePublicImages(world: World, region: Region, image: Image): void {
  const { publicImages = 5 } = world.limits;
  const others = ownImages(region, { account: image.owner }).filter((one) => one !== image && isPublic(one));
  if (others.length < publicImages) return;
  const message = `You have reached your quota of ${publicImages} for the number of public images allowed in this Region. Deregister unused public images or make them private, or request an increase in your public AMIs quota.`;
  throw new ApiError('ResourceLimitExceeded', message);
}
