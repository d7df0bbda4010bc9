import type { SourceImage } from '../source.ts';
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
}

/** Everything that a preflight looks at. Each kind of fact can be out of sight by itself. */
export interface Facts {
  /** Region and account of the pipeline. */
  region: string;
  account: string;
  /** Absent where the source was not found or is not trusted. */
  source?: SourceImage;
  /** The targets' regions, as far as EC2 lists them. */
  regions: Seen<RegionFacts[]>;
  /** The recipe's instance types, as far as the region has them. */
  instanceTypes: Seen<InstanceTypeFacts[]>;
  network: NetworkFacts;
}
