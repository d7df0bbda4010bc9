import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { TagMap } from './tags.ts';
import type { UnpackedArchive } from './volumes.ts';

// AMIs as the simulated EC2 keeps them.

/** One disk of an AMI. A blank one has no snapshot. */
export interface Mapping {
  device: string;
  snapshot?: string | undefined;
  sizeGiB: number;
  type: string;
  iops?: number | undefined;
  throughput?: number | undefined;
  encrypted: boolean;
  deleteOnTermination: boolean;
}

export type System = 'AmazonLinux' | 'Ubuntu' | 'Debian' | 'RedHat' | 'Windows';

/** A watermark, with the AMI that it was attached to. AMIs that are made from it inherit the watermark as it is. */
interface Watermark {
  key: string;
  source: { image: string; region: string; createdAt: number };
  at: number;
}

export interface Image {
  id: string;
  owner: string;
  ownerAlias?: string | undefined;
  name: string;
  description: string;
  /** The root is an instance store, which has no snapshot in EC2. */
  instanceStore?: boolean | undefined;
  virtualization?: 'paravirtual' | undefined;
  tpm?: 'v2.0' | undefined;
  state: 'pending' | 'available' | 'failed' | 'deregistered' | 'disabled';
  stateReason?: { Code: string; Message: string } | undefined;
  system: System;
  /** Whether the SSM agent is installed. */
  agent: boolean;
  /** What is unpacked on its root disk. */
  unpacked?: UnpackedArchive[] | undefined;
  architecture: 'x86_64' | 'arm64';
  rootDevice: string;
  /** Absent: the instance type decides. */
  bootMode: string | undefined;
  /** `false`: not enabled for ENA. */
  ena?: boolean | undefined;
  /** It was registered from snapshots, and has no billing code. */
  unbilled?: boolean | undefined;
  imdsSupport?: 'v2.0' | undefined;
  createdAt: number;
  deprecatedAt?: number | undefined;
  deregisteredAt?: number | undefined;
  /** Whether EC2 refuses to deregister it. `until`: the protection was disabled, and its cooldown ends then. */
  protection?: { cooldown: boolean; until?: number } | undefined;
  sourceImage?: string | undefined;
  sourceRegion?: string | undefined;
  sourceInstance?: string | undefined;
  mappings: Mapping[];
  /** Instance store volumes that instances get at a device: `ephemeral0` and so on. */
  ephemeral?: { device: string; name: string }[] | undefined;
  watermarks?: Watermark[] | undefined;
  /** Its packages with their versions. Absent: those of its system at the time of its creation. */
  software?: ReadonlyMap<string, string> | undefined;
  permissions: LaunchPermission[];
  tags: TagMap;
}
