import type { RoleCredentials } from '../../aws/connection.ts';
import type { Actions, Caller } from './calls/actions.ts';
import { attach, type RecordedCall, type Services } from './calls/attach.ts';
import type { AnyClient } from './calls/retries.ts';
import type { Clock } from '../clock.ts';
import { createDelays, type DelayOverrides, type DrawnDelay } from './delays.ts';
import { startGuests } from './ec2/instances/guest.ts';
import { createEventBus, type EventBus } from './events/event-bus.ts';
import { createGate } from './calls/gate.ts';
import type { Interference } from '../pipeline/interference.ts';
import { addKey, type Key, type Keys } from './keys.ts';
import { callerWith, arnOfRole } from './sts.ts';
import { createRandom, type Random } from '../random.ts';
import { noRates, roughRates, type Rates } from './calls/rates.ts';
import { networkBeside, withHardware, type NamedHardware, type NamedNetwork } from './with-named.ts';
import { parseScenario, ScenarioWrong, type Scenario } from '../pipeline/scenario.ts';
import { addPublicImage, publishRelease, type AddedImage } from './source-images.ts';
import { putDiskFile, type DiskFile } from './ec2/images/import-snapshot.ts';
import { addedSnapshot, type AddedSnapshot } from './ec2/images/snapshots.ts';
import { StoredObjects } from './state/buckets.ts';
import type { Snapshot } from './state/snapshots.ts';
import { startAgents } from './ssm/agents.ts';
import { setParameter } from './ssm/parameters.ts';
import { createThrottle } from './calls/throttling.ts';
import { servicesOf, type SimulatedServices } from './services.ts';
import { createWorld } from './world.ts';
import type { Image } from './state/images.ts';
import type { World } from './state/world.ts';

export interface CloudOptions {
  clock: Clock;
  /** Default: the scenario's, else 1. */
  seed?: number;
  /** The account that owns keys and buckets. Default 123456789012. */
  account?: string;
  /** Aliases (or key ARNs) of enabled, customer managed keys by region. Any other key is unknown to AWS. */
  keys?: Record<string, string[]>;
  /** Others who may use the keys by their policies. Default nobody. */
  keyUsers?: World['keyUsers'];
  /** Subnets and security groups in addition to those of the scenario. If ids are equal, the scenario's come first. */
  network?: NamedNetwork;
  /** Dedicated Hosts and key pairs, unless the scenario has some, and placement groups beside those of the scenario. */
  hardware?: NamedHardware;
  /** Instance profiles of the account. Default: every name is one. */
  instanceProfiles?: string[];
  /** The secrets that the role of an instance profile may read, by profile. A profile that is not there may read all. */
  secretReaders?: Record<string, string[]>;
  /** Opt-in regions that the account has enabled. Default none. */
  optedIn?: string[];
  /** Roles of other accounts that this cloud's account may assume. */
  roles?: { account: string; name: string; externalId?: string | undefined }[];
  /** Keys of those accounts. */
  otherKeys?: { account: string; region: string; name: string }[];
  /** A scenario document; checked here. */
  scenario?: unknown;
  /** Fixed seconds instead of draws; the scenario's own take precedence. */
  delays?: DelayOverrides;
  /**
   * Uses the long delays that users measured and `roughRates`, and lets events overtake each other. Default: the scenario's
   * value, else false.
   */
  rough?: boolean | undefined;
  /** Rates of random mishaps; the scenario's own take precedence. Default none, or those of `rough`. */
  rates?: Partial<Rates> | undefined;
  /** Whether EC2's and SSM's request limits apply. Default true. */
  throttling?: boolean | undefined;
  /** Whether recorded calls keep their answers. Default false, since answers take much memory. */
  answers?: boolean | undefined;
  /** A test's interference with calls. */
  interfere?: Interference['call'] | undefined;
  /** A test's interference with events. */
  interfereWithEvents?: Interference['event'] | undefined;
}

/** A simulated AWS with all accounts and regions. At first it holds only what AWS itself provides. */
export interface SimulatedCloud {
  readonly clock: Clock;
  readonly services: SimulatedServices;
  /** Every attempt of every call of attached clients. */
  readonly calls: RecordedCall[];
  /** Every drawn delay of a resource, in order. */
  readonly delaysDrawn: DrawnDelay[];
  readonly keys: Keys;
  readonly world: World;
  /** EventBridge: the default buses of every account and region. */
  readonly events: EventBus;
  /** A random stream from this cloud's seed, for example for a client's retry jitter. */
  random(name: string): Random;
  /**
   * Attaches a real SDK client. A region alone means this cloud's own account in that region. An activity passes its own clock,
   * unless its calls are those of a function.
   */
  attach<Client extends AnyClient>(client: Client, caller: Caller | string, own?: Clock): Client;
  /** The caller that has these credentials of STS. Without credentials, the caller itself. */
  callerWith(caller: Caller, credentials?: RoleCredentials): Caller;
  /** Adds a service that is simulated elsewhere (`sfn`), behind this cloud's faults and limits. */
  addService(name: string, actions: Actions): void;
  addImage(image: AddedImage): Image;
  /** A snapshot of a root disk that no build made. Without a system, nobody knows what is on it. */
  addSnapshot(snapshot: AddedSnapshot): Snapshot;
  /** A file in S3 with a disk, as ImportSnapshot takes it. Makes its bucket if there is none. */
  addDiskFile(place: { bucket: string; key: string; region: string }, file?: Partial<DiskFile>): void;
  setParameter(region: string, name: string, value: string): void;
  /** Publishes a newer image of the family of a public parameter, and points the parameter to it. */
  publishRelease(region: string, parameter: string): Image;
  addKey(region: string, name: string, state?: Key['state'], account?: string): Key;
  /** A role of another account that trusts this cloud's account. */
  addRole(role: { account: string; name: string; externalId?: string | undefined }): void;
  createBucket(name: string, region: string): void;
  /** Turns the scenario's rules on or off; they are on by default. Delays, rates, quotas and keys are not affected. */
  heedRules(heed: boolean): void;
  /** Rules of the scenario that have hit nothing, as `commands[0] {…}`. Such a rule usually has a misspelt name. */
  idleRules(): string[];
  /** An object as text; undefined if it does not exist. */
  readObject(bucket: string, key: string): string | undefined;
}

export function createCloud(options: CloudOptions): SimulatedCloud {
  const { clock, account = '123456789012', throttling = true, answers } = options;
  const scenario = withHardware(parseScenario(options.scenario), options.hardware);
  const rough = options.rough ?? scenario.rough;
  const seed = options.seed ?? scenario.seed ?? 1;
  const delays = createDelays({ seed, rough, overrides: { ...options.delays, ...scenario.delays } });
  const keys = keysOf(account, options, scenario);
  const world: World = createWorld({
    clock,
    delays,
    scenario,
    keys,
    keyUsers: options.keyUsers ?? { accounts: [], organizations: [] },
    account,
    seed,
    rates: { ...(rough ? roughRates : noRates), ...options.rates, ...scenario.rates },
    network: networkBeside(scenario, options.network),
    instanceProfiles: options.instanceProfiles,
    secretReaders: options.secretReaders,
    optedIn: new Set((options.optedIn ?? []).filter((region) => !scenario.disabledRegions.includes(region))),
    limits: limitsOf(scenario),
    emit: (occurrence) => events.put(occurrence),
  });
  const events = createEventBus({
    clock,
    lag: (region) => delays.latency('eventLag', region),
    reorder: rough,
    happens: (mishap, region) => world.happens(mishap, region),
    random: createRandom(seed, 'event bus'),
    interfere: options.interfereWithEvents,
  });
  for (const role of options.roles ?? []) addRole(world, role);
  startGuests(world);
  startAgents(world);

  const guarded = createGate(world, throttling ? createThrottle(clock) : () => undefined, options.interfere);
  const services = servicesOf(world, events, guarded);
  refuseUnknownActions(scenario, services);
  const calls: RecordedCall[] = [];
  const latency = (service: string, action: string, region: string) =>
    delays.latency(service === 'ec2' && action === 'RunInstances' ? 'runInstancesCall' : 'apiCall', region);
  return {
    clock,
    services,
    calls,
    delaysDrawn: delays.drawn,
    keys,
    world,
    events,
    random: (name) => createRandom(seed, name),
    attach: (client, at, own = clock) =>
      attach(client, services, typeof at === 'string' ? { account, region: at } : at, own, { calls, answers, latency }),
    callerWith: (caller, credentials) => callerWith(world, caller, credentials),
    addService: (name, actions) => void (services[name] = guarded(name, actions)),
    ...changesTo(world),
    heedRules: (heed) => world.heedRules(heed),
    idleRules: () => idleRules(world),
    readObject: (bucket, key) => world.buckets.get(bucket)?.objects.get(key)?.body.toString(),
  };
}

/** Changes that a test makes to the cloud without a call of the API. */
const changesTo = (
  world: World,
): Pick<
  SimulatedCloud,
  'addImage' | 'addSnapshot' | 'addDiskFile' | 'publishRelease' | 'setParameter' | 'addKey' | 'addRole' | 'createBucket'
> => ({
  addImage(image) {
    const added = addPublicImage(world, image);
    world.views.settle(image.region);
    return added;
  },
  addSnapshot({ region, ...snapshot }) {
    const added = addedSnapshot(world, region, snapshot);
    world.views.settle(region);
    return added;
  },
  addDiskFile: (place, file) => putDiskFile(world, place, file),
  publishRelease(region, parameter) {
    const image = publishRelease(world.region(region), parameter, world.clock.now());
    setParameter(world, region, world.account, parameter, image.id);
    return image;
  },
  setParameter: (region, name, value) => setParameter(world, region, world.account, name, value),
  addKey: (region, name, state, account = world.account) => addKey(world.keys, account, region, name, state),
  addRole: (role) => addRole(world, role),
  createBucket: (name, region) => void world.buckets.set(name, { name, region, objects: new StoredObjects() }),
});

const addRole = (world: World, { account, name, externalId }: NonNullable<CloudOptions['roles']>[number]): void =>
  void world.roles.set(arnOfRole(account, name), { trusts: world.account, externalId });

function keysOf(account: string, options: CloudOptions, scenario: Scenario): Keys {
  const keys: Keys = new Map();
  for (const [region, names] of Object.entries(options.keys ?? {}))
    for (const name of names) addKey(keys, account, region, name);
  for (const { region, alias, state } of scenario.keys) addKey(keys, account, region, alias, state);
  for (const { account: other, region, name } of options.otherKeys ?? []) addKey(keys, other, region, name);
  return keys;
}

/** @throws ScenarioWrong if a rule of the scenario is about an action that the simulator does not have. */
function refuseUnknownActions(scenario: Scenario, services: Services): void {
  const unknown = scenario.api.flatMap(({ action }, index) => {
    const [service = '', name = ''] = action.split(':');
    const message = `the simulator does not know ${action}`;
    return services[service] && !services[service][name] ? [{ path: ['api', index, 'action'], message }] : [];
  });
  if (unknown.length > 0) throw new ScenarioWrong(unknown);
}

const idleRules = ({ scenario, hits }: World): string[] =>
  (['commands', 'api', 'images', 'agents', 'instances'] as const).flatMap((kind) =>
    scenario[kind].flatMap((rule, index) => (hits.has(rule) ? [] : [`${kind}[${index}] ${JSON.stringify(rule)}`])),
  );

const limitsOf = (scenario: Scenario): World['limits'] => ({
  vcpus: scenario.vcpuLimit,
  spotVcpus: scenario.spotVcpuLimit,
  instances: scenario.instanceLimit,
  images: scenario.imageLimit,
  publicImages: scenario.publicImageLimit,
  users: scenario.imageUserLimit,
  pendingSnapshots: scenario.pendingSnapshotLimit,
});
