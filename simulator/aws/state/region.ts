import type { ImageCriterion } from '@aws-sdk/client-ec2';
import type { Agent } from './agents.ts';
import type { SsmCommand } from './commands.ts';
import type { Image } from './images.ts';
import type { Instance } from './instances.ts';
import type { StoredTemplate } from './launch-templates.ts';
import type { Network } from './network.ts';
import type { Parameter, Secret } from './parameters.ts';
import type { Discarded } from './recycle-bin.ts';
import type { Snapshot, StoredImport } from './snapshots.ts';
import type { StoreTask } from './store-tasks.ts';
import type { StoredUsageReport } from './usage-reports.ts';
import type { Volume } from './volumes.ts';

// The resources of one region. This file holds types only; the actions of each service read and change them.

/** All resources of one region, in all accounts. The actions decide who may see them. */
export interface Region {
  readonly name: string;
  readonly instances: Map<string, Instance>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  /** Keyed by id: AMIs and snapshots in the Recycle Bin. */
  readonly recycleBin: Map<string, Discarded>;
  readonly volumes: Map<string, Volume>;
  /** Allowed AMIs, keyed by account. Absent where nobody has set them. */
  readonly allowedImages: Map<string, { state: string; criteria: ImageCriterion[] }>;
  /** By AMI: when anybody launched it, in order. */
  readonly launches: Map<string, number[]>;
  /** Tasks that make a snapshot of a file, oldest first. */
  readonly importTasks: Map<string, StoredImport>;
  /** Tasks that store an AMI in S3, newest last. */
  readonly storeTasks: Map<string, StoreTask>;
  readonly usageReports: Map<string, StoredUsageReport>;
  /** Image Builder's recipes by ARN, with the AMI that each starts from. */
  readonly imageRecipes: Map<string, { owner: string; image: string }>;
  readonly launchTemplates: Map<string, StoredTemplate>;
  readonly interfaces: Map<string, { id: string; owner: string; tags: Map<string, string> }>;
  /** Keyed by account. */
  readonly networks: Map<string, Network>;
  /** Keyed by `account token`: the first use of each ClientToken. */
  readonly tokens: Map<string, { request: string; id: string }>;
  /** Keyed by `account name`; public parameters belong to the account `aws`. */
  readonly parameters: Map<string, Parameter>;
  /** Secrets of Secrets Manager, keyed by `account name`. */
  readonly secrets: Map<string, Secret>;
  readonly agents: Map<string, Agent>;
  readonly commands: Map<string, SsmCommand>;
}
