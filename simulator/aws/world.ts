import type { Clock } from '../clock.ts';
import { createViews } from './calls/consistency.ts';
import type { Delays } from './delays.ts';
import type { Occurrence } from './events/events.ts';
import type { Keys } from './keys.ts';
import { createRandom } from '../random.ts';
import type { Rates } from './calls/rates.ts';
import type { Scenario } from '../pipeline/scenario.ts';
import { sourceImages } from './source-images.ts';
import type { Limits, Rules, World } from './state/world.ts';
import type { Region } from './state/region.ts';

const noRules: Rules = { commands: [], api: [], images: [], agents: [], instances: [] };

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
