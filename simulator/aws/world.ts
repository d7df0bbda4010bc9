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

/** What exists in one region, of all accounts: who may see what is decided by the actions. */
export interface Region {
  readonly name: string;
  readonly instances: Map<string, Instance>;
  readonly images: Map<string, Image>;
  readonly snapshots: Map<string, Snapshot>;
  readonly volumes: Map<string, Volume>;
  readonly interfaces: Map<string, { id: string; owner: string; tags: Map<string, string> }>;
  /** By account. */
  readonly networks: Map<string, Network>;
  /** By `account token`: what a ClientToken was first used for. */
  readonly tokens: Map<string, { request: string; id: string }>;
  /** By `account name`; public parameters under the account `aws`. */
  readonly parameters: Map<string, Parameter>;
  readonly agents: Map<string, Agent>;
  readonly commands: Map<string, Command>;
}

type Rules = Pick<Scenario, 'commands' | 'api' | 'images' | 'agents' | 'instances'>;
const noRules: Rules = { commands: [], api: [], images: [], agents: [], instances: [] };

/** Everything the actions share. */
export interface World {
  readonly clock: Clock;
  readonly delays: Delays;
  readonly scenario: Scenario;
  /** Rules of the scenario that hold now. */
  readonly rules: Rules;
  heedRules(heed: boolean): void;
  /** Rules of the scenario that have hit something. */
  readonly hits: Set<object>;
  readonly keys: Keys;
  /** The account that the scenario is about. */
  readonly account: string;
  readonly buckets: Map<string, Bucket>;
  /** What there is; inside a read that is served late, what there was. */
  region(name: string): Region;
  /** What reads get to see. */
  readonly views: Views;
  readonly limits: Limits;
  /** What there is beside, or instead of, the default VPC. */
  readonly network: Scenario['network'];
  /** Regions that the account had to ask for, and has. */
  readonly optedIn: ReadonlySet<string>;
  /** The next id of its kind in a region, such as ami-0f3…; repeatable whatever the order of calls elsewhere. */
  newId(prefix: string, region: string): string;
  /** Runs `work` that many virtual seconds from now. */
  after(seconds: number, work: () => void): { cancel(): void };
  /** Called on every change of an instance's state. */
  readonly instanceListeners: ((instance: Instance) => void)[];
  /** Whether chance strikes this time. `where` is a region, or whatever has luck of its own. */
  happens(mishap: keyof Rates, where: string): boolean;
  /** The chance of the next thing of its kind there; repeatable whatever happens elsewhere. */
  chance(kind: string, where: string): Random;
  /** Tells EventBridge. Returns the event's id. */
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
