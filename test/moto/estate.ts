import { keyOf } from '../../core/memory/documents.ts';
import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DescribeVolumesCommand,
  type Image,
} from '@aws-sdk/client-ec2';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Clients } from './accounts.ts';
import { motoHome, type Lab } from './lab.ts';

/** Everything of one recipe that moto holds, asked of moto itself. */
export interface MotoEstate {
  /** Ids of instances that are not terminated. */
  living: string[];
  /** How many instances there ever were. */
  launched: number;
  volumes: string[];
  /** Images in each region that has any. */
  images: Record<string, Image[]>;
  /** Snapshot ids in each region that has any. */
  snapshots: Record<string, string[]>;
}

export const motoRegions = ['us-east-1', 'eu-west-1', 'ap-southeast-2'];

const byRecipe = (recipe: string) => [{ Name: 'tag:golden:recipe', Values: [recipe] }];

export async function estateOf(lab: Lab, recipe: string): Promise<MotoEstate> {
  const Filters = byRecipe(recipe);
  const { Reservations = [] } = await lab.ec2(motoHome).send(new DescribeInstancesCommand({ Filters }));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances);
  const { Volumes = [] } = await lab.ec2(motoHome).send(new DescribeVolumesCommand({ Filters }));
  const images: MotoEstate['images'] = {};
  const snapshots: MotoEstate['snapshots'] = {};
  for (const region of motoRegions) {
    const { Images = [] } = await lab.ec2(region).send(new DescribeImagesCommand({ Owners: ['self'], Filters }));
    if (Images.length > 0) images[region] = Images;
    const { Snapshots = [] } = await lab.ec2(region).send(new DescribeSnapshotsCommand({ Filters }));
    if (Snapshots.length > 0) snapshots[region] = Snapshots.map(({ SnapshotId = '' }) => SnapshotId);
  }
  return {
    living: instances.filter(({ State }) => State?.Name !== 'terminated').map(({ InstanceId = '' }) => InstanceId),
    launched: instances.length,
    volumes: Volumes.map(({ VolumeId = '' }) => VolumeId),
    images,
    snapshots,
  };
}

export const emptyEstate = { living: [], volumes: [], images: {}, snapshots: {} };

const byName = (a: string, b: string) => a.localeCompare(b);

/** Who may launch an image and make volumes of its snapshot. */
export async function imageSharing(lab: Clients, region: string, image: Image) {
  const snapshot = image.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  const launch = await lab
    .ec2(region)
    .send(new DescribeImageAttributeCommand({ ImageId: image.ImageId, Attribute: 'launchPermission' }));
  const volume = await lab
    .ec2(region)
    .send(new DescribeSnapshotAttributeCommand({ SnapshotId: snapshot, Attribute: 'createVolumePermission' }));
  return {
    launch: (launch.LaunchPermissions ?? []).map((one) => String(Object.values(one)[0])).toSorted(byName),
    volume: (volume.CreateVolumePermissions ?? []).map(({ UserId = '' }) => UserId).toSorted(byName),
  };
}

/** What a parameter holds in each region, undefined where there is none. */
export async function parameterIn(lab: Clients, name: string): Promise<Record<string, string | undefined>> {
  const values = motoRegions.map(async (region) => {
    try {
      const { Parameter } = await lab.ssm(region).send(new GetParameterCommand({ Name: name }));
      return [region, `${Parameter?.DataType} ${Parameter?.Value}`];
    } catch (error) {
      if ((error as Error).name === 'ParameterNotFound') return [region, undefined];
      throw error;
    }
  });
  return Object.fromEntries(await Promise.all(values)) as Record<string, string | undefined>;
}

export async function storedManifest(lab: Lab, recipe: string, build: string): Promise<Manifest | undefined> {
  const text = await lab.artifact(keyOf({ recipe, build }, 'manifest'));
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

export const tagsOfImage = ({ Tags = [] }: Image): Record<string, string> =>
  Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
