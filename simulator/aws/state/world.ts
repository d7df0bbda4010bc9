import type { StackResourceDrift } from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../clock.ts';
import type { Scenario } from '../../pipeline/scenario.ts';
import type { Random } from '../../random.ts';
import type { Views } from '../calls/consistency.ts';
import type { Session } from '../calls/actions.ts';
import type { Rates } from '../calls/rates.ts';
import type { Delays } from '../delays.ts';
import type { Occurrence } from '../events/events.ts';
import type { Keys } from '../keys.ts';
import type { Bucket } from './buckets.ts';
import type { Instance } from './instances.ts';
import type { Region } from './region.ts';

// The state of the whole simulated AWS. This file holds types only; createWorld in ../world.ts makes a world.

export type Rules = Pick<Scenario, 'commands' | 'api' | 'images' | 'agents' | 'instances'>;

/** Quotas of an account in a region; an absent quota is unlimited. */
export interface Limits {
  /** Running On-Demand vCPUs of each group of instance families. A new account has 5. */
  vcpus?: number | undefined;
  spotVcpus?: number | undefined;
  /** Number of instances, including those that ended recently. */
  instances?: number | undefined;
  /** AMIs in any state, public AMIs, users of one AMI, and snapshots that are pending. */
  images?: number | undefined;
  publicImages?: number | undefined;
  users?: number | undefined;
  pendingSnapshots?: number | undefined;
}

/** The state that all actions share. */
export interface World {
  readonly clock: Clock;
  readonly delays: Delays;
  readonly scenario: Scenario;
  /** Active rules of the scenario. */
  readonly rules: Rules;
  heedRules(heed: boolean): void;
  /** Rules of the scenario that have hit at least once. */
  readonly hits: Set<object>;
  readonly keys: Keys;
  /** Others who may use the keys: accounts by id, organizations by `o-…`. */
  readonly keyUsers: { accounts: string[]; organizations: string[] };
  /** By ARN: the roles of other accounts that may be assumed. */
  readonly roles: Map<string, { trusts: string; externalId?: string | undefined }>;
  /** By access key id: what STS has given out. */
  readonly sessions: Map<string, Session & { account: string }>;
  /** Names of roles of the account that let EC2 import files. */
  readonly importRoles: Set<string>;
  /** The account that the scenario is about. */
  readonly account: string;
  readonly buckets: Map<string, Bucket>;
  /** The current region; inside a late read, an earlier state of it. */
  region(name: string): Region;
  /** The earlier states for late reads. */
  readonly views: Views;
  readonly limits: Limits;
  /** Networks in addition to the default VPC, or in place of it. */
  readonly network: Scenario['network'];
  /** Instance profiles of the account. Absent: every name is one. */
  readonly instanceProfiles: readonly string[] | undefined;
  /** By the name of a stack: what somebody changed of its resources without CloudFormation. */
  readonly drifts: Map<string, StackResourceDrift[]>;
  /** The secrets that the role of an instance profile may read, by profile. A profile that is not there may read all. */
  readonly secretReaders: Readonly<Record<string, string[]>> | undefined;
  /** Opt-in regions that the account has enabled. */
  readonly optedIn: ReadonlySet<string>;
  /** The next id of its kind in a region, such as ami-0f3…. It is repeatable: calls in other regions do not change it. */
  newId(prefix: string, region: string): string;
  /** Runs `work` that many virtual seconds from now. */
  after(seconds: number, work: () => void): { cancel(): void };
  /** Called on every change of an instance's state. */
  readonly instanceListeners: ((instance: Instance) => void)[];
  /** Whether a mishap happens this time. `where` names a random stream: a region, or another thing with its own stream. */
  happens(mishap: keyof Rates, where: string): boolean;
  /** The random stream for the next thing of its kind there. It is repeatable: events elsewhere do not change it. */
  chance(kind: string, where: string): Random;
  /** Sends an event to EventBridge. Returns the event's id. */
  emit(occurrence: Occurrence): string;
}
