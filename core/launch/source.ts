import { Failure } from '../errors.ts';
import type { Source } from '../recipe/types.ts';
import type { Billing } from './billing.ts';

/** An AMI as EC2 describes it, in our words. */
export interface AmiDescription {
  ami: string;
  region: string;
  name: string;
  state: string;
  owner: string;
  ownerAlias?: string;
  createdAt: string;
  deprecatedAt?: string;
  isProtected?: true; // EC2 refuses to deregister it
  /** As EC2 remembers it: the original of a copy, or the AMI of the instance. */
  madeFrom?: { ami: string; region: string };
  architecture: string;
  windows: boolean;
  rootDevice: string;
  /** Whether the root device is an EBS volume, and not an instance store. */
  ebsRoot: boolean;
  /** Of an instance store-backed AMI, the manifest of its bundle in S3. EC2 leaves the bundle there when the AMI goes. */
  bundle?: string;
  /** `uefi`, `legacy-bios` or `uefi-preferred`. Absent where the instance type decides. */
  bootMode?: string;
  virtualization?: string;
  /** Whether the image is registered with the driver of Elastic Network Adapters. */
  ena?: boolean;
  /** Whether instances of it need a NitroTPM. */
  tpm?: boolean;
  /** Whether instances of it require IMDSv2. */
  imdsV2: boolean;
  /** EC2's reason with its code, which is what one searches for. */
  stateReason?: string;
  description?: string;
  /** Whether the account's Allowed AMIs include the image. Absent where that setting is off. */
  allowed?: boolean;
  /** Keys of its watermarks. */
  watermarks?: string[];
  billing?: Billing;
  tags: Record<string, string>;
  disks: {
    device: string;
    snapshot?: string;
    sizeGiB?: number;
    type?: string;
    iops?: number;
    throughput?: number;
    encrypted: boolean;
    /** `false`: the volume outlives instances of the image. */
    deleteOnTermination?: false;
  }[];
  /** Instance store volumes by device, such as `ephemeral0`. Absent where the image maps none. */
  ephemeral?: Record<string, string>;
}

/** The id of an AMI. Old ones are shorter. */
export const amiPattern = /^ami-[0-9a-f]{8,17}$/;

/** The snapshots behind an AMI, none for an AMI that is gone. EC2 shows some of them late. */
export const snapshotsOf = (image: { disks: readonly { snapshot?: string | undefined }[] } | undefined): string[] =>
  (image?.disks ?? []).flatMap(({ snapshot }) => snapshot ?? []);

/** The source image of a build. */
export interface SourceImage {
  ami: string;
  owner: string;
  name: string;
  region: string;
  architecture: string;
  windows: boolean;
  rootDevice: string;
  rootSizeGiB: number;
  bootMode?: string;
  virtualization?: string;
  ena?: boolean;
  tpm?: boolean;
  /** `false`: the root is an instance store, and EC2 cannot make an image of it. */
  ebsRoot?: false;
  /** When EC2 deprecates the image, in the past or future. */
  deprecatedAt?: string;
  allowed?: false; // the account's Allowed AMIs would hide the image if they were not in audit mode
  /** All its EBS disks, including the root. Absent in plans of earlier versions. */
  disks?: SourceDisk[];
  billing?: Billing;
  watermarks?: string[]; // keys of those that the image inherits; absent where there are none
}

export interface SourceDisk {
  device: string;
  snapshot?: string;
  sizeGiB?: number;
  encrypted: boolean;
  /** Key of an encrypted disk, where EC2 shows it. */
  keyArn?: string;
}

/** The owner that an image must have: the one in the recipe, or the pipeline's own account for a channel. */
export const expectedOwner = (source: Source, account: string): string =>
  source.owner === undefined || source.owner === 'self' ? account : source.owner;

/**
 * The source image of a build, from EC2's answer. The answer's owner is checked even if the look-up asked for one, because
 * anybody can use an image name (whoAMI).
 * @throws SourceNotFound, SourceNotTrusted
 */
export function trustSource(
  found: AmiDescription | undefined,
  owner: string,
  wanted: string,
  region: string,
): SourceImage {
  if (!found)
    throw new Failure(
      'SourceNotFound',
      `no source image for ${wanted} (owner ${owner}) in ${region}; look at the recipe's source`,
    );
  if (found.owner !== owner && found.ownerAlias !== owner) {
    const alias = found.ownerAlias ? ` (${found.ownerAlias})` : '';
    throw new Failure(
      'SourceNotTrusted',
      `source ${found.ami} "${found.name}" in ${region} belongs to ${found.owner}${alias}, the recipe trusts ${owner}; nothing was launched from it`,
    );
  }
  const is = `source ${found.ami} in ${region} is ${found.state}`;
  if (found.state !== 'available')
    throw new Failure('SourceNotFound', `${is}, not available, so nothing can be launched from it`);
  return {
    ami: found.ami,
    owner: found.owner,
    name: found.name,
    region,
    architecture: found.architecture,
    windows: found.windows,
    rootDevice: found.rootDevice,
    rootSizeGiB: found.disks.find(({ device }) => device === found.rootDevice)?.sizeGiB ?? 0,
    ...(found.bootMode !== undefined && { bootMode: found.bootMode }),
    ...(found.virtualization !== undefined && { virtualization: found.virtualization }),
    ...(found.ena !== undefined && { ena: found.ena }),
    ...(found.tpm !== undefined && { tpm: found.tpm }),
    ...(!found.ebsRoot && { ebsRoot: false as const }),
    ...(found.deprecatedAt !== undefined && { deprecatedAt: found.deprecatedAt }),
    ...(found.allowed === false && { allowed: false as const }),
    ...(found.watermarks?.length && { watermarks: found.watermarks }),
    ...(found.billing && { billing: found.billing }),
    disks: found.disks,
  };
}
