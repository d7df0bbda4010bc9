import type { Clock } from '../clock.ts';
import { createViews, type Views } from './calls/consistency.ts';
import type { Delays } from './delays.ts';
import type { Image } from './ec2/images/images.ts';
import type { Instance } from './ec2/instances/instances.ts';
import type { Limits } from './ec2/limits.ts';
import type { Snapshot } from './ec2/images/snapshots.ts';
import type { Network } from './ec2/network/network.ts';
import type { Volume } from './ec2/volumes.ts';
import type { Occurrence } from './events/events.ts';
import type { Keys } from './keys.ts';
import { createRandom, type Random } from '../random.ts';
import type { Rates } from './calls/rates.ts';
import type { Bucket } from './s3.ts';
import type { Scenario } from '../pipeline/scenario.ts';
import { sourceImages } from './source-images.ts';
import type { Agent } from './ssm/agents.ts';
import type { Command } from './ssm/commands.ts';
import type { Parameter } from './ssm/parameters.ts';

/** All resources of one region, in all accounts. The actions decide who may see them. */
export interface Region {
  readonly name: string;
  readonly instances: Map<string, Instance>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  readonly volumes: Map<string, Volume>;
  readonly interfaces: Map<string, { id: string; owner: string; tags: Map<string, string> }>;
  /** Keyed by account. */
  readonly networks: Map<string, Network>;
  /** Keyed by `account token`: the first use of each ClientToken. */
  readonly tokens: Map<string, { request: string; id: string }>;
  /** Keyed by `account name`; public parameters belong to the account `aws`. */
  readonly parameters: Map<string, Parameter>;
  readonly agents: Map<string, Agent>;
  readonly commands: Map<string, Command>;
}

type Rules = Pick<Scenario, 'commands' | 'api' | 'images' | 'agents' | 'instances'>;
const noRules: Rules = { commands: [], api: [], images: [], agents: [], instances: [] };

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

export function createWorld(options: {
  clock: Clock;
  delays: Delays;
  scenario: Scenario;
  keys: Keys;
  account: string;
  seed: number;
  rates: Rates;
  limits: Limits;
  network: Scenario['network'];
  optedIn: ReadonlySet<string>;
  emit: (occurrence: Occurrence) => string;
}): World {
  const { clock, delays, scenario, keys, account, seed, rates, network, optedIn, limits, emit } = options;
  let heeded = true;
  const regions = new Map<string, Region>();
  const ordinals = new Map<string, number>();
  const nextRandom = (kind: string, region: string) => {
    const ordinal = (ordinals.get(`${kind} ${region}`) ?? 0) + 1;
    ordinals.set(`${kind} ${region}`, ordinal);
    return createRandom(seed, kind, region, ordinal);
  };
  const views = createViews({ clock, regions, rates, chance: (where) => nextRandom('view', where) });
  return {
    clock,
    views,
    limits,
    network,
    optedIn,
    emit,
    chance: nextRandom,
    delays,
    scenario,
    get rules() {
      return heeded ? scenario : noRules;
    },
    heedRules: (heed) => void (heeded = heed),
    hits: new Set(),
    keys,
    account,
    buckets: new Map(),
    instanceListeners: [],
    newId: (prefix, region) => `${prefix}-0${nextRandom(prefix, region).hex(16)}`,
    after: (seconds, work) =>
      clock.at(clock.now() + seconds * 1000, () => {
        work();
        views.note();
      }),
    happens: (mishap, where) => rates[mishap] > 0 && nextRandom(mishap, where).next() < rates[mishap],
    region(name) {
      const known = views.past(name) ?? regions.get(name);
      if (known) return known;
      const region: Region = {
        name,
        instances: new Map(),
        images: new Map(),
        snapshots: new Map(),
        volumes: new Map(),
        interfaces: new Map(),
        networks: new Map(),
        tokens: new Map(),
        parameters: new Map(),
        agents: new Map(),
        commands: new Map(),
      };
      regions.set(name, region);
      sourceImages(region, clock.now());
      views.settle(name);
      return region;
    },
  };
}

export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
