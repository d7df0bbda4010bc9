import type { Action, Actions, Caller } from './actions.ts';
import { attach, type AnyClient, type Call, type Services } from './attach.ts';
import type { Clock } from './clock.ts';
import { createDelays, type DelayOverrides, type DrawnDelay } from './delays.ts';
import { attributeActions } from './ec2/attributes.ts';
import { copyImageActions } from './ec2/copy-image.ts';
import { createImageActions } from './ec2/create-image.ts';
import { imageActions, type Image } from './ec2/images.ts';
import { instanceActions } from './ec2/instances.ts';
import { runInstancesActions } from './ec2/run-instances.ts';
import { snapshotActions } from './ec2/snapshots.ts';
import { subnetActions } from './ec2/subnets.ts';
import { tagActions } from './ec2/tags.ts';
import { volumeActions } from './ec2/volumes.ts';
import { asError, createFaults } from './faults.ts';
import { addKey, type Key, type Keys } from './keys.ts';
import { createRandom, type Random } from './random.ts';
import { s3Actions } from './s3.ts';
import { parseScenario } from './scenario.ts';
import { addPublicImage, type AddedImage } from './source-images.ts';
import { agentActions, startAgents } from './ssm/agents.ts';
import { commandActions } from './ssm/commands.ts';
import { parameterActions } from './ssm/parameters.ts';
import { createThrottle } from './throttling.ts';
import { createWorld, type Rates, type World } from './world.ts';

export interface CloudOptions {
  clock: Clock;
  /** Default: the scenario's, else 1. */
  seed?: number;
  /** The account keys and buckets are made in. Default 123456789012. */
  account?: string;
  /** Aliases (or key ARNs) of enabled, customer managed keys by region. Any other key is unknown to AWS. */
  keys?: Record<string, string[]>;
  /** A scenario document; checked here. */
  scenario?: unknown;
  /** Seconds in place of draws; the scenario's own come before these. */
  delays?: DelayOverrides;
  /** Draw from the long tails users measured instead of close to the median. Default false. */
  rough?: boolean;
  /** Mishaps that come by themselves. Default none. */
  rates?: Partial<Rates>;
  /** EC2's and SSM's request limits. Default true. */
  throttling?: boolean;
}

/** A simulated AWS: all accounts and regions, empty but for what AWS itself provides. */
export interface Cloud {
  readonly clock: Clock;
  readonly services: Services & { ec2: Actions; ssm: Actions; s3: Actions };
  /** Every attempt of every call of attached clients. */
  readonly calls: Call[];
  /** Every delay of a resource that was drawn, in order. */
  readonly delaysDrawn: DrawnDelay[];
  readonly keys: Keys;
  readonly world: World;
  /** A stream of chance of this cloud's seed, such as a client's retry jitter. */
  random(name: string): Random;
  /** Attaches a real SDK client; a region alone means this cloud's own account there. */
  attach<Client extends AnyClient>(client: Client, caller: Caller | string): Client;
  /** Adds a service that is simulated elsewhere (`sfn`), with this cloud's faults and limits in front. */
  addService(name: string, actions: Actions): void;
  addImage(image: AddedImage): Image;
  setParameter(region: string, name: string, value: string): void;
  addKey(region: string, name: string, state?: Key['state']): Key;
  createBucket(name: string, region: string): void;
  /** Rules of the scenario that hit nothing, as `commands[0] {…}`: most likely a name is misspelt. */
  idleRules(): string[];
  /** An object as text; undefined where there is none. */
  readObject(bucket: string, key: string): string | undefined;
}

export function createCloud(options: CloudOptions): Cloud {
  const { clock, account = '123456789012', rough = false, throttling = true, rates = {} } = options;
  const scenario = parseScenario(options.scenario);
  const seed = options.seed ?? scenario.seed ?? 1;
  const delays = createDelays({ seed, rough, overrides: { ...options.delays, ...scenario.delays } });
  const keys: Keys = new Map();
  for (const [region, names] of Object.entries(options.keys ?? {}))
    for (const name of names) addKey(keys, account, region, name);
  for (const { region, alias, state } of scenario.keys) addKey(keys, account, region, alias, state);
  const world = createWorld({ clock, delays, scenario, keys, seed, rates });
  startAgents(world);

  const throttle = throttling ? createThrottle(clock) : () => undefined;
  const faults = createFaults(scenario.api);
  const guarded = (service: string, actions: Actions): Actions =>
    Object.fromEntries(
      Object.entries(actions).map(([name, action]): [string, Action] => [
        name,
        (input, caller) => {
          const hit = faults(service, name, caller.region);
          for (const rule of hit) world.hits.add(rule);
          const before = hit.find((fault) => !fault.after);
          if (before) throw asError(before);
          throttle(service, name, input, caller);
          const output = action(input, caller);
          const after = hit.find((fault) => fault.after);
          if (after) throw asError(after);
          return output;
        },
      ]),
    );
  const services: Cloud['services'] = {
    ec2: guarded('ec2', {
      ...imageActions(world),
      ...createImageActions(world),
      ...copyImageActions(world),
      ...attributeActions(world),
      ...runInstancesActions(world),
      ...instanceActions(world),
      ...snapshotActions(world),
      ...volumeActions(world),
      ...subnetActions(world),
      ...tagActions(world),
    }),
    ssm: guarded('ssm', { ...parameterActions(world), ...agentActions(world), ...commandActions(world) }),
    s3: guarded('s3', s3Actions(world)),
  };
  for (const { action } of scenario.api) {
    const [service = '', name = ''] = action.split(':');
    if (services[service] && !services[service][name])
      throw new Error(`the scenario is wrong: the simulator does not know ${action}`);
  }
  const calls: Call[] = [];
  const latency = (service: string, action: string, region: string) =>
    delays.latency(service === 'ec2' && action === 'RunInstances' ? 'runInstancesCall' : 'apiCall', region);
  return {
    clock,
    services,
    calls,
    delaysDrawn: delays.drawn,
    keys,
    world,
    random: (name) => createRandom(seed, name),
    attach: (client, at) =>
      attach(client, services, typeof at === 'string' ? { account, region: at } : at, clock, { calls, latency }),
    addService: (name, actions) => void (services[name] = guarded(name, actions)),
    addImage: (image) => addPublicImage(world, image),
    setParameter(region, name, value) {
      const owner = name.startsWith('/aws/') ? 'aws' : account;
      const parameters = world.region(region).parameters;
      const known = parameters.get(`${owner} ${name}`);
      const version = (known?.last ?? 0) + 1;
      const next = {
        version,
        value,
        type: 'String',
        dataType: 'text',
        tier: 'Standard',
        description: '',
        at: clock.now(),
      };
      const versions = [...(known?.versions ?? []), next];
      parameters.set(`${owner} ${name}`, {
        name,
        owner,
        tags: new Map(),
        pending: 0,
        ...known,
        last: version,
        versions,
      });
    },
    addKey: (region, name, state) => addKey(keys, account, region, name, state),
    createBucket: (name, region) => void world.buckets.set(name, { name, region, objects: new Map() }),
    idleRules: () =>
      (['commands', 'api', 'images', 'agents'] as const).flatMap((kind) =>
        scenario[kind].flatMap((rule, index) =>
          world.hits.has(rule) ? [] : [`${kind}[${index}] ${JSON.stringify(rule)}`],
        ),
      ),
    readObject: (bucket, key) => world.buckets.get(bucket)?.objects.get(key)?.body.toString(),
  };
}
