import { expect, test } from '@jest/globals';
import type { RegionLook } from '../../../core/memory/shared-look.ts';
import { createSimulation } from '../../../simulator/pipeline/simulation.ts';
import {
  build,
  leftIn,
  manifestIn,
  nothing,
  onlyManifest,
  optional,
  pipeline,
  recipe,
} from '../../support/pipeline.ts';

const hour = 3600;
const plain = { builder: { ...recipe.builder, rootVolume: { sizeGiB: 8 } }, checks: [] };

test('a required target that fails keeps everything unpublished, and every copy is taken back', async () => {
  const images = [{ region: 'eu-west-1', name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 90 }];
  const simulation = pipeline({ scenario: { images } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({
    error: 'TargetsIncomplete',
    cause: expect.stringContaining('Given key ID is not accessible'),
  });
  expect(leftIn(simulation)).toEqual(nothing);
  expect(onlyManifest(simulation)?.targets).toMatchObject([
    { region: 'us-east-1', status: 'skipped' },
    { region: 'eu-west-1', status: 'failed', error: expect.stringContaining('CopyFailed') },
    { region: 'ap-southeast-2', status: 'skipped' },
  ]);
});

test('a target that may fail does so alone: the others are published, and its half-made copy goes', async () => {
  const images = [
    { region: 'ap-southeast-2', name: 'base-*', fail: 'Given key ID is not accessible', afterSeconds: 90 },
  ];
  const simulation = pipeline({ scenario: { images } });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(leftIn(simulation)).toMatchObject({
    images: ['us-east-1 available', 'eu-west-1 available'],
    instances: [],
    volumes: [],
  });
  expect(Object.keys(leftIn(simulation).channels)).toEqual(['us-east-1', 'eu-west-1']);
  expect(manifestIn(simulation, execution).targets).toContainEqual(
    expect.objectContaining({ region: optional, status: 'failed', parameter: null }),
  );
});

test('a copy that is not made within the timeout of its target fails that target, with how far it is', async () => {
  const [home, slow] = [{ region: 'us-east-1' }, { region: 'eu-west-1', timeout: '1h', required: false }];
  const simulation = pipeline({
    scenario: { delays: { copyImage: 2 * hour } },
    changes: { ...plain, distribute: [home, slow] },
  });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  expect(onlyManifest(simulation)?.targets).toMatchObject([
    { status: 'published' },
    {
      status: 'failed',
      error: expect.stringMatching(/WaitTimedOut.*is pending, snap-\w+ at [5-9]\d%; raise the target's timeout/),
    },
  ]);
});

/** Recipes that are built in the same minute. Nothing is known yet of how long their copies take. */
async function crowd(refused: boolean) {
  const names = Array.from({ length: 8 }, (_, index) => `crowd-${index}`);
  const distribute = [{ region: 'us-east-1' }, { region: 'eu-west-1' }];
  const recipes = Object.fromEntries(names.map((name) => [name, { ...recipe, ...plain, name, distribute }]));
  const notes: string[] = [];
  const simulation = createSimulation({
    catalog: { recipes, scripts: {}, version: '1.0.0' },
    scenario: { delays: { copyImage: 240 } },
    onLog: (line) => void ('note' in line && notes.push(line['note'] as string)),
    interfere: {
      call: ({ by, action }) =>
        refused && by === 'AwaitCopy' && action === 'GetObject' ? { error: 'AccessDenied', effect: false } : undefined,
    },
  });
  const started: string[] = [];
  for (const name of names) {
    started.push(simulation.start({ recipe: name }));
    await simulation.pass(5);
  }
  for (const execution of started) await simulation.finish(execution);
  const { calls } = simulation.cloud;
  return {
    statuses: started.map((arn) => simulation.stepFunctions.execution(arn).status),
    looks: calls.filter(({ by, action }) => by === 'AwaitCopy' && action === 'DescribeImages').length,
    shared: simulation.artifact('waits/looks/eu-west-1.json'),
    notes: notes.filter((note) => note.includes('not shared')),
  };
}

test('builds that wait for copies in the same region share their looks, and do without if the bucket refuses that', async () => {
  const [sharing, alone] = [await crowd(false), await crowd(true)];
  for (const { statuses } of [sharing, alone]) expect(new Set(statuses)).toEqual(new Set(['SUCCEEDED']));
  expect(Object.keys((JSON.parse(sharing.shared ?? '') as RegionLook).states).length).toBeGreaterThan(1);
  expect(alone.shared).toBeUndefined();
  expect(sharing.looks).toBeLessThan(0.75 * alone.looks);
  expect(sharing.notes).toEqual([]);
  // Each simulated call is a process of its own. A process tells it once.
  expect(alone.notes[0]).toMatch(
    /looks at copies in eu-west-1 are not shared .*: s3:GetObject .*AccessDenied.*, request \S+;/,
  );
});
