import type { Clock } from '../clock.ts';
import { createViews } from './calls/consistency.ts';
import type { Delays } from './delays.ts';
import type { Occurrence } from './events/events.ts';
import type { Keys } from './keys.ts';
import { createStreams, type Random } from '../random.ts';
import type { Rates } from './calls/rates.ts';
import type { Scenario } from '../pipeline/scenario.ts';
import { sourceImages } from './source-images.ts';
import type { Limits, Rules, World } from './state/world.ts';
import type { Region } from './state/region.ts';

const noRules: Rules = { commands: [], api: [], images: [], agents: [], instances: [] };

interface WorldOptions {
  clock: Clock;
  delays: Delays;
  scenario: Scenario;
  keys: Keys;
  keyUsers: World['keyUsers'];
  account: string;
  seed: number;
  rates: Rates;
  limits: Limits;
  network: Scenario['network'];
  instanceProfiles: readonly string[] | undefined;
  secretReaders: Readonly<Record<string, string[]>> | undefined;
  optedIn: ReadonlySet<string>;
  emit: (occurrence: Occurrence) => string;
}

/** Random streams that do not disturb each other. The next thing of its kind in a place always gets the same stream. */
function streamsOf(seed: number): (kind: string, where: string) => Random {
  const streams = new Map<string, () => Random>();
  return (kind, where) => {
    const name = `${kind} ${where}`;
    const next = streams.get(name) ?? createStreams(seed, kind, where);
    streams.set(name, next);
    return next();
  };
}

const emptyRegion = (name: string): Region => ({
  name,
  instances: new Map(),
  images: new Map(),
  snapshots: new Map(),
  recycleBin: new Map(),
  volumes: new Map(),
  interfaces: new Map(),
  networks: new Map(),
  tokens: new Map(),
  parameters: new Map(),
  launchTemplates: new Map(),
  launches: new Map(),
  usageReports: new Map(),
  importTasks: new Map(),
  storeTasks: new Map(),
  imageRecipes: new Map(),
  allowedImages: new Map(),
  secrets: new Map(),
  agents: new Map(),
  commands: new Map(),
});

const rolesAtFirst = ({
  secretReaders,
}: WorldOptions): Pick<World, 'roles' | 'sessions' | 'importRoles' | 'secretReaders'> => ({
  secretReaders,
  roles: new Map(),
  sessions: new Map(),
  importRoles: new Set(['vmimport']),
});

const nothingYet = (): Pick<World, 'buckets' | 'drifts'> => ({ buckets: new Map(), drifts: new Map() });

/** A simulated AWS in which nothing has happened yet. A region gets AWS's public images when it is first used. */
export function createWorld(options: WorldOptions): World {
  const {
    clock,
    delays,
    scenario,
    keys,
    keyUsers,
    account,
    seed,
    rates,
    network,
    instanceProfiles,
    optedIn,
    limits,
    emit,
  } = options;
  let heeded = true;
  const regions = new Map<string, Region>();
  const nextRandom = streamsOf(seed);
  const views = createViews({ clock, regions, rates, chance: (where) => nextRandom('view', where) });
  return {
    clock,
    views,
    limits,
    network,
    instanceProfiles,
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
    keyUsers,
    ...rolesAtFirst(options),
    account,
    ...nothingYet(),
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
      const region = emptyRegion(name);
      regions.set(name, region);
      sourceImages(region, clock.now());
      views.settle(name);
      return region;
    },
  };
}
