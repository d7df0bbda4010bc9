import type { Clock } from './clock.ts';
import type { Delays } from './delays.ts';
import type { Image } from './ec2/images.ts';
import type { Instance } from './ec2/instances.ts';
import type { Snapshot } from './ec2/snapshots.ts';
import type { Subnet } from './ec2/subnets.ts';
import type { Volume } from './ec2/volumes.ts';
import type { Keys } from './keys.ts';
import { createRandom } from './random.ts';
import type { Bucket } from './s3.ts';
import type { Scenario } from './scenario.ts';
import { sourceImages } from './source-images.ts';
import type { Agent } from './ssm/agents.ts';
import type { Command } from './ssm/commands.ts';
import type { Parameter } from './ssm/parameters.ts';

/** What exists in one region, of all accounts: who may see what is decided by the actions. */
export interface Region {
  readonly name: string;
  readonly instances: Map<string, Instance>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  readonly volumes: Map<string, Volume>;
  readonly interfaces: Map<string, { id: string; owner: string; tags: Map<string, string> }>;
  readonly subnets: Map<string, Subnet>;
  /** By `account token`: what a ClientToken was first used for. */
  readonly tokens: Map<string, { request: string; id: string }>;
  /** By `account name`; public parameters under the account `aws`. */
  readonly parameters: Map<string, Parameter>;
  readonly agents: Map<string, Agent>;
  readonly commands: Map<string, Command>;
}

/** Everything the actions share. */
export interface World {
  readonly clock: Clock;
  readonly delays: Delays;
  readonly scenario: Scenario;
  /** Rules of the scenario that have hit something. */
  readonly hits: Set<object>;
  readonly keys: Keys;
  readonly buckets: Map<string, Bucket>;
  region(name: string): Region;
  /** The next id of its kind in a region, such as ami-0f3…; repeatable whatever the order of calls elsewhere. */
  newId(prefix: string, region: string): string;
  /** Runs `work` that many virtual seconds from now. */
  after(seconds: number, work: () => unknown): { cancel(): void };
  /** Called on every change of an instance's state. */
  readonly instanceListeners: ((instance: Instance) => void)[];
  /** Whether chance strikes this time. */
  happens(mishap: keyof Rates, region: string): boolean;
}

/** How often, of all times it could, a thing goes wrong by itself: 0 unless set. */
export interface Rates {
  /** RunInstances finds no capacity in the zone. */
  noCapacity: number;
  /** The agent of a running instance never comes online. */
  agentLost: number;
  /** CreateImage ends in state failed. */
  imageFails: number;
  /** CopyImage ends in state failed. */
  copyFails: number;
}

export function createWorld(options: {
  clock: Clock;
  delays: Delays;
  scenario: Scenario;
  keys: Keys;
  seed: number;
  rates: Partial<Rates>;
}): World {
  const { clock, delays, scenario, keys, seed, rates } = options;
  const regions = new Map<string, Region>();
  const ordinals = new Map<string, number>();
  const nextRandom = (kind: string, region: string) => {
    const ordinal = (ordinals.get(`${kind} ${region}`) ?? 0) + 1;
    ordinals.set(`${kind} ${region}`, ordinal);
    return createRandom(seed, kind, region, ordinal);
  };
  return {
    clock,
    delays,
    scenario,
    hits: new Set(),
    keys,
    buckets: new Map(),
    instanceListeners: [],
    newId: (prefix, region) => `${prefix}-0${nextRandom(prefix, region).hex(16)}`,
    after: (seconds, work) => clock.at(clock.now() + seconds * 1000, work),
    happens(mishap, region) {
      const rate = rates[mishap] ?? 0;
      return rate > 0 && nextRandom(mishap, region).next() < rate;
    },
    region(name) {
      const known = regions.get(name);
      if (known) return known;
      const region: Region = {
        name,
        instances: new Map(),
        images: new Map(),
        snapshots: new Map(),
        volumes: new Map(),
        interfaces: new Map(),
        subnets: new Map(),
        tokens: new Map(),
        parameters: new Map(),
        agents: new Map(),
        commands: new Map(),
      };
      regions.set(name, region);
      sourceImages(region, clock.now());
      return region;
    },
  };
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
