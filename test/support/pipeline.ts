import type { Catalog } from '../../core/recipe/types.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Interference } from '../../simulator/pipeline/interference.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import type { Image } from '../../simulator/aws/state/images.ts';

export const account = '222233334444';
export const consumer = '444455556666';
export const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';

/** The regions of the recipe. The builder runs in the first. */
export const [home, copied, optional] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;
export const regions = [home, copied, optional];

/** The targets of the recipe: the first image, a copy that the build needs, and a copy that may fail alone. */
export const targets = {
  home: { region: home, accounts: [consumer] },
  copied: { region: copied, kmsKey: 'alias/golden-eu', organizations: [organization] },
  optional: { region: optional, kmsKey: 'alias/golden-ap', accounts: [consumer], required: false },
};

/** A recipe of three regions with existing resources, small enough to build quickly. */
export const recipe = {
  name: 'base',
  description: 'a base image',
  source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' },
  builder: {
    instanceTypes: ['t3.small', 't3a.small'],
    instanceProfile: 'golden-image-builder',
    rootVolume: { sizeGiB: 8, encrypted: true, kmsKey: 'alias/golden' },
  },
  provision: [
    { name: 'patch', run: 'dnf -y upgrade' },
    { name: 'restart', reboot: true },
  ],
  checks: [{ name: 'boots', run: 'true' }],
  image: { tags: { team: 'platform' } },
  distribute: [targets.home, targets.copied, targets.optional],
  publish: { channel: 'stable' },
};

export interface Setting {
  /** Without delays of its own it has short ones. `delays: {}` are those of AWS. */
  scenario?: object;
  /** Replaces keys of the recipe. */
  changes?: Record<string, unknown>;
  region?: string;
  /** Regions whose events come to the pipeline. */
  regionStacks?: string[];
  /** Interferes with functions, calls and executions. */
  interfere?: Interference;
  /** Each line a function logs. */
  onLog?: (line: Record<string, unknown>) => void;
  /** Whether recorded calls keep their answers. */
  answers?: boolean;
  /** Whether every build gets its page. */
  pages?: boolean;
}

/** A simulated AWS with short delays. A build does the same work with fewer looks. */
export const brisk = {
  instanceRunning: 4,
  agentOnline: 4,
  instanceStop: 4,
  instanceTerminate: 4,
  createImage: 8,
  copyImage: 8,
  commandPatch: 5,
  commandOther: 2,
  reboot: 8,
};

const documents = new Map<string, object>();
const scripts = {};

/**
 * A catalog of these recipes. A document with the same content as one before is the same object, because the pipeline keeps a
 * recipe that it has parsed by the object of its document.
 */
function catalogOf(...recipes: { name: string }[]): Catalog {
  const known = (document: { name: string }) => {
    const text = JSON.stringify(document, (_, value: unknown) => (value === undefined ? '\0undefined' : value));
    const before = documents.get(text) ?? structuredClone(document);
    documents.set(text, before);
    return before;
  };
  return { recipes: Object.fromEntries(recipes.map((one) => [one.name, known(one)])), scripts, version: '1.0.0' };
}

export function pipeline(setting: Setting = {}): Simulation {
  const { scenario, changes, region, regionStacks, interfere, onLog, answers = false, pages = false } = setting;
  const { recipes, ...others } = catalogOf({ ...recipe, ...changes });
  const catalog = { recipes: { base: Object.values(recipes)[0] }, ...others };
  const optional = {
    ...(region && { region }),
    ...(regionStacks && { regionStacks }),
    ...(interfere && { interfere }),
    ...(onLog && { onLog }),
  };
  return createSimulation({ catalog, scenario: { delays: brisk, ...scenario }, answers, pages, ...optional });
}

export async function build(simulation: Simulation, input: unknown = { recipe: 'base' }): Promise<Execution> {
  return simulation.finish(simulation.start(input));
}

export function manifestIn(simulation: Simulation, execution: Execution): Manifest {
  const { recipe: name, build: id } = JSON.parse(execution.output ?? '{}') as { recipe: string; build: string };
  return simulation.read({ recipe: name, build: id }, 'manifest') as Manifest;
}

/** The manifest of the only build. */
export function onlyManifest(simulation: Simulation): Manifest | undefined {
  const [bucket] = simulation.cloud.world.buckets.values();
  const keys = [...(bucket?.objects.keys() ?? [])].filter((key) => key.endsWith('/manifest.json'));
  if (keys.length > 1) throw new Error(`more than one manifest: ${keys.join(', ')}`);
  return keys[0] === undefined ? undefined : (JSON.parse(simulation.artifact(keys[0]) ?? 'null') as Manifest);
}

export const artifactKeys = (simulation: Simulation): string[] =>
  [...simulation.cloud.world.buckets.values()].flatMap((bucket) => [...bucket.objects.keys()]);

/** The account's remaining resources, as text, so that a difference is easy to read. */
export function leftIn({ cloud }: Simulation) {
  const present = regions.map((region) => cloud.world.region(region));
  const ours = (owner: string) => owner === account;
  return {
    instances: present.flatMap(({ name, instances }) =>
      [...instances.values()].filter(({ state }) => state !== 'terminated').map(({ state }) => `${name} ${state}`),
    ),
    volumes: present.flatMap(({ name, volumes }) => [...volumes.values()].map(({ state }) => `${name} ${state}`)),
    images: present.flatMap(({ name, images }) =>
      [...images.values()]
        .filter(({ owner, state }) => ours(owner) && state !== 'deregistered')
        .map(({ state }) => `${name} ${state}`),
    ),
    snapshots: present.flatMap(({ name, snapshots }) =>
      [...snapshots.values()].filter(({ owner }) => ours(owner)).map(({ state }) => `${name} ${state}`),
    ),
    channels: Object.fromEntries(
      present.flatMap(({ name, parameters }) => {
        const value = parameters.get(`${account} /golden/base/stable`)?.versions.at(-1)?.value;
        return value === undefined ? [] : [[name, value]];
      }),
    ) as Record<string, string>,
  };
}

/** The images of `leftIn` when every region has its one. */
export const oneImageEach = regions.map((region) => `${region} available`);

export const nothing = { instances: [], volumes: [], images: [], snapshots: [], channels: {} };

export function imageIn({ cloud }: Simulation, region: string): Image {
  const [image, ...others] = [...cloud.world.region(region).images.values()].filter(
    ({ owner, state }) => owner === account && state === 'available',
  );
  if (!image || others.length > 0)
    throw new Error(`${others.length + (image ? 1 : 0)} images in ${region} instead of one`);
  return image;
}

/** Instances ever launched for a role. */
export const launched = ({ cloud }: Simulation, role: string) =>
  [...cloud.world.region('us-east-1').instances.values()].filter(({ tags }) => tags.get('golden:role') === role);

export const statesEntered = ({ history }: Execution): string[] =>
  history.flatMap(({ type, stateEnteredEventDetails }) =>
    type.endsWith('StateEntered') ? [(stateEnteredEventDetails as { name: string }).name] : [],
  );

export const caller = { account, region: 'us-east-1' };

/** Stops an execution when it enters a state. */
export function stopAt(simulation: Simulation, executionArn: string, state: string): void {
  const { stepFunctions, clock } = simulation;
  stepFunctions.onEvent((execution, event) => {
    if (execution.arn !== executionArn) return;
    if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name !== state) return;
    clock.at(clock.now(), () => stepFunctions.actions['StopExecution']?.({ executionArn }, caller));
  });
}

/** Loses the event of an execution's death, so that no clean-up undoes its build. */
export const unheard = { scenario: { rates: { eventsLost: 1 } } };

export async function stoppedAt(simulation: Simulation, state: string): Promise<string> {
  const first = simulation.start({ recipe: 'base' }, 'first');
  stopAt(simulation, first, state);
  await simulation.finish(first);
  return launched(simulation, 'builder')[0]?.tags.get('golden:build') ?? '';
}
