// Every verb is struck by every kind of fault at every call that changes something, and stopped at every state. Afterwards each
// channel, with its launch templates and its parameter in another account, must be all old or all new. Each image, with its copy
// there, must have exactly its old state and users, or exactly its new ones.
import { beforeAll, expect, test } from '@jest/globals';
import type { Interference, InterferedCall } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, caller, copied, home, manifestIn, pipeline, targets } from '../../support/pipeline.ts';

const other = '111122223333';
const copyTo = [{ account: other, kmsKey: 'alias/theirs', publish: true, accounts: ['777788889999'] }];
const distribute = [
  { ...targets.home, kmsKey: 'alias/golden', launchTemplate: { name: 'web', setDefault: true }, copyTo },
  { ...targets.copied, launchTemplate: { name: 'web' } },
];

const interfere: Interference = {};
const regions = [home, copied];
const simulation: Simulation = pipeline({
  scenario: { delays: brisk },
  changes: { distribute },
  interfere: {
    call: (call) => interfere.call?.(call),
    enter: (...where) => interfere.enter?.(...where),
  },
});
const { cloud } = simulation;
const builds: string[] = [];
const channels = ['stable', 'prod'];

/** What every channel holds, with launch templates and the other account; and state and users of every image. */
function seen() {
  const places = regions.map((region) => cloud.world.region(region));
  const value = (place: (typeof places)[number], owner: string, name: string) =>
    place.parameters.get(`${owner} /golden/base/${name}`)?.versions.at(-1)?.value ?? null;
  const channel = (name: string) => [
    places.map((place) => value(place, account, name)),
    places.map((place) => value(place, other, name)),
    // Launch templates follow the channel that the recipe publishes to.
    name === 'stable' && places.map(({ launchTemplates }) => [...launchTemplates.values()].map(templateOf)),
  ];
  const images = (id: string) =>
    places.flatMap((place) =>
      [...place.images.values()]
        .filter(({ tags }) => tags.get('golden:build') === id)
        .map(({ owner, state, permissions, mappings }) => [
          owner,
          state,
          permissions,
          mappings.map(({ snapshot = '' }) => [...(place.snapshots.get(snapshot)?.sharedWith ?? [])].toSorted()),
        ]),
    );
  return structuredClone({
    channels: Object.fromEntries(channels.map((name) => [name, channel(name)])),
    images: Object.fromEntries(builds.map((id) => [id, images(id)])),
  });
}

type Template = ReturnType<typeof cloud.world.region>['launchTemplates'] extends Map<string, infer T> ? T : never;
/** The default AMI of a launch template, and the AMIs of its versions. */
const templateOf = ({ default: chosen, versions }: Template) => [
  versions.find(({ number }) => number === chosen)?.data['ImageId'],
  versions.map(({ data }) => data['ImageId']),
];

/** Keeps channels, launch templates, images and documents, and returns how to bring them back. */
function kept() {
  const bucket = cloud.world.buckets.get(simulation.bucket);
  const objects = new Map(bucket?.objects);
  const places = regions.map((region) => {
    const place = cloud.world.region(region);
    const parameters = structuredClone([...place.parameters]);
    const templates = structuredClone([...place.launchTemplates]);
    const images = [...place.images.values()].map((image) => ({
      image,
      state: image.state,
      permissions: [...image.permissions],
    }));
    const snapshots = [...place.snapshots.values()].map((one) => ({ one, sharedWith: [...one.sharedWith] }));
    return () => {
      place.parameters.clear();
      for (const [key, parameter] of structuredClone(parameters)) place.parameters.set(key, parameter);
      place.launchTemplates.clear();
      for (const [key, template] of structuredClone(templates)) place.launchTemplates.set(key, template);
      for (const { image, state, permissions } of images)
        Object.assign(image, { state, permissions: [...permissions] });
      for (const { one, sharedWith } of snapshots) Object.assign(one, { sharedWith: new Set(sharedWith) });
    };
  });
  return () => {
    bucket?.objects.clear();
    for (const [key, object] of objects) bucket?.objects.set(key, object);
    for (const bringBack of places) bringBack();
  };
}

const verbs: Record<string, () => object> = {
  promote: () => ({ verb: 'promote', channel: 'prod' }),
  rollback: () => ({ verb: 'rollback' }),
  revoke: () => ({ verb: 'revoke', build: builds[1], why: 'CVE-2026-1234' }),
  restore: () => ({ verb: 'restore', build: builds[1] }),
};
const starts = new Map<string, () => void>();

let current = '';
const stop = () => simulation.stepFunctions.actions['StopExecution']?.({ executionArn: current }, caller);

async function run(verb: string, fault: Interference = {}) {
  starts.get(verb)?.();
  const before = seen();
  Object.assign(interfere, { call: undefined, enter: undefined }, fault);
  current = simulation.move({ recipe: 'base', ...verbs[verb]?.() });
  const execution = await simulation.finish(current);
  // An event starts the undoing of an execution that was stopped.
  await simulation.pass(1200);
  Object.assign(interfere, { call: undefined, enter: undefined });
  return { status: execution.status, before, after: seen() };
}

/** The calls of each verb without a fault, and how it leaves the account. */
const known = new Map<string, { calls: InterferedCall[]; states: string[]; after: ReturnType<typeof seen> }>();

beforeAll(async () => {
  for (const region of regions)
    cloud.services.ec2['CreateLaunchTemplate']?.(
      {
        LaunchTemplateName: 'web',
        LaunchTemplateData: { InstanceType: 't3.small' },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }],
      },
      { ...caller, region },
    );
  for (let n = 0; n < 2; n++) {
    builds.push(manifestIn(simulation, await build(simulation, { recipe: 'base', force: true })).build);
    await simulation.pass(3600);
  }
  // In this region the rollback must make a version.
  const [template] = cloud.world.region(targets.copied.region).launchTemplates.values();
  template?.versions.splice(1, 1);
  const published = kept();
  for (const verb of ['promote', 'rollback', 'revoke']) starts.set(verb, published);
  await run('promote');
  starts.set('rollback', kept());
  starts.set('revoke', kept());
  await run('revoke');
  starts.set('restore', kept());
  for (const verb of Object.keys(verbs)) {
    const calls: InterferedCall[] = [];
    const states: string[] = [];
    const { status, after } = await run(verb, {
      call: (one) => void calls.push(one),
      enter: (state) => void states.push(state),
    });
    if (status !== 'SUCCEEDED') throw new Error(`${verb} does not work without a fault`);
    known.set(verb, { calls, states, after });
  }
}, 120_000);

/** Faults of the n-th call of a verb. */
const faults: Record<string, (n: number, calls: InterferedCall[]) => Interference> = {
  'a refusal': (n, calls) => refusing(calls[n], 'AccessDeniedException', Infinity),
  throttling: (n, calls) => refusing(calls[n], 'ThrottlingException', 30),
  'a lost answer': (n) => atCall(n, 'after'),
  'a lost request': (n) => atCall(n, 'before'),
  'a server error': (n) => atCall(n, { error: 'InternalError', effect: true }),
};

function atCall(n: number, what: ReturnType<NonNullable<Interference['call']>>): Interference {
  let count = 0;
  return { call: () => (count++ === n ? what : undefined) };
}

/** Every call of this kind, by this function and in this region. */
function refusing(struck: InterferedCall | undefined, error: string, times: number): Interference {
  let left = times;
  return {
    call: ({ by, action, region, account: of }) =>
      by === struck?.by && action === struck?.action && region === struck?.region && of === struck.account && left-- > 0
        ? { error, message: 'no', effect: false }
        : undefined,
  };
}

function judge(verb: string, { before, after }: Awaited<ReturnType<typeof run>>): string[] {
  const wanted = known.get(verb)?.after;
  const is = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const halfway = (part: 'channels' | 'images', name: string) =>
    !is(after[part][name], before[part][name]) && !is(after[part][name], wanted?.[part][name]);
  return [...channels.filter((name) => halfway('channels', name)), ...builds.filter((id) => halfway('images', id))];
}

/** The calls that change something, and those that open another account. */
const isStruck = (call: InterferedCall | undefined): boolean =>
  /^(Put|Disable|Enable|Modify|Create|AssumeRole)/.test(call?.action ?? '');

test.each(Object.keys(verbs).flatMap((verb) => Object.keys(faults).map((fault) => [verb, fault] as const)))(
  '%s is all or nothing under %s at any of its calls',
  async (verb, fault) => {
    const { calls = [] } = known.get(verb) ?? {};
    const kinds = calls.map(({ by, action, region, account: of }) => `${by} ${action} ${region} ${of}`);
    const wrong: unknown[] = [];
    for (const n of calls.keys()) {
      if (kinds.indexOf(kinds[n] ?? '') !== n || !isStruck(calls[n])) continue;
      const half = judge(verb, await run(verb, faults[fault]?.(n, calls)));
      if (half.length > 0) wrong.push([kinds[n], half]);
    }
    expect(wrong).toEqual([]);
  },
  60_000,
);

test.each(Object.keys(verbs))(
  '%s is all or nothing where its execution is stopped at any state or call',
  async (verb) => {
    const { states = [], calls = [] } = known.get(verb) ?? {};
    const wrong: unknown[] = [];
    for (const state of new Set(states)) {
      const half = judge(
        verb,
        await run(verb, {
          enter: (entered, _visit, { execution }) =>
            entered === state && execution.arn === current ? 'ABORTED' : undefined,
        }),
      );
      if (half.length > 0) wrong.push([state, half]);
    }
    const changing = [...calls.keys()].filter((n) => isStruck(calls[n]) && calls[n]?.action !== 'PutObject');
    for (const n of changing) {
      let count = 0;
      const fault: Interference = {
        call() {
          if (count++ === n) simulation.clock.at(simulation.clock.now(), () => stop());
          return undefined;
        },
      };
      const half = judge(verb, await run(verb, fault));
      if (half.length > 0) wrong.push([calls[n]?.action, half]);
    }
    expect(wrong).toEqual([]);
  },
);
