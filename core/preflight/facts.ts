import type { ChannelHolder } from '../distribute/channel-owner.ts';
import type { KeySeen } from '../launch/keys.ts';
import type { SourceImage } from '../launch/source.ts';
import type { NetworkFacts } from './network.ts';

/** What a look found, or why AWS did not let us look. */
export type Seen<T> = { found: T; refused?: never } | { found?: never; refused: string };

export interface RegionFacts {
  region: string;
  enabled: boolean;
}

export interface InstanceTypeFacts {
  instanceType: string;
  architectures: string[];
  /** `uefi`, `legacy-bios`. */
  bootModes: string[];
  virtualization: string[];
  /** Whether the type starts only images with the driver of Elastic Network Adapters. */
  needsEna: boolean;
  /** Whether the type has a NitroTPM to offer. */
  tpm: boolean;
  /** EBS volumes that an instance of the type can have, its root included. Undefined where EC2 tells no limit. */
  volumes?: number | undefined;
}

/** How the account has EBS encryption set up in a region, and what KMS says there of the keys that may be used. */
export interface EncryptionSettings {
  /** New volumes and copies are encrypted, whatever a request says. */
  byDefault: boolean;
  /** By which name EC2 knows the key that is used where a request names none. */
  defaultKey: string;
  /** By name: the keys of the recipe, of the source's disks, and the default key. */
  keys: Record<string, KeySeen>;
}

/** Everything that a preflight looks at. Each kind of fact can be out of sight by itself. */
export interface Facts {
  /** Region and account of the pipeline. */
  region: string;
  account: string;
  now: Date;
  /** Absent where the source was not found or is not trusted. */
  source?: SourceImage;
  /** The targets' regions, as far as EC2 lists them. */
  regions: Seen<RegionFacts[]>;
  /** The recipe's instance types, as far as the region has them. */
  instanceTypes: Seen<InstanceTypeFacts[]>;
  network: NetworkFacts;
  /** The security groups of the deployment, which stand in for those that a recipe does not name. */
  deploymentGroups?: string[];
  /** What the channel holds now in each target region; absent where the recipe has none. */
  channel?: { parameter: string; deployment: string; holders: Record<string, Seen<ChannelHolder[]>> };
  /** By region: the pipeline's and those of the targets. */
  encryption: Record<string, Seen<EncryptionSettings>>;
}
