import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden as cli } from '../../../cli/golden.ts';
import type { PageOfAll } from '../../../core/report/page/page-of-all.ts';
import type { PageOfBuild } from '../../../core/report/page/page-of-build.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { pipeline, targets } from '../../support/pipeline.ts';

// One account with a published build and a failed one.
let simulation: Simulation;
let folder: string;
const golden = (...args: string[]) => operator(simulation).run('report', '--out', folder, ...args);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-report-'));
  simulation = pipeline({
    changes: { distribute: [targets.home] },
    scenario: { delays: brisk, commands: [{ step: 'breaks', exitCode: 3, stderr: 'no such package\n' }] },
  });
  const overrides = { provision: [{ name: 'breaks', run: 'false' }], publish: null };
  await simulation.finish(simulation.start({ recipe: 'base' }));
  await simulation.finish(simulation.start({ recipe: 'base', overrides }));
});
afterAll(() => rm(folder, { recursive: true }));

const pageAt = (out: string) => readFile(out.trim().split('\n').at(-1)?.trim() ?? '', 'utf8');

test('the page of a build is written, and the verb says where and how it ended', async () => {
  const { exitCode, out } = await golden('base');
  expect({ exitCode, out }).toEqual({
    exitCode: 0,
    out: expect.stringMatching(
      /^ {2}Failed in AwaitCommand \("breaks"\) with ProvisionFailed\n {2}\S+\/base\/\d{8}-\d{6}-\w{4}\/report\.html\n$/,
    ),
  });
  expect(await pageAt(out)).toContain('no such package');
});

test('what the page says is JSON for programs', async () => {
  const { out } = await golden('base', '--json');
  const page = JSON.parse(out) as PageOfBuild;
  expect(page.steps.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['breaks', 'failed'],
    ['sanitize', 'not run'],
  ]);
});

test('the page of the pipeline has its channels and its builds', async () => {
  const { out } = await golden('--all', '--json');
  const page = JSON.parse(out) as PageOfAll;
  expect(page.channels.map(({ name, cells }) => [name, cells.map((cell) => cell?.health)])).toEqual([
    ['base/stable', ['healthy']],
  ]);
  expect(page.recipes).toMatchObject([{ recipe: 'base', published: 1, failed: 1 }]);
  const written = await golden('--all');
  expect(written.out).toBe(`  1 thing needs a look\n  ${join(folder, 'report.html')}\n`);
  expect(await pageAt(written.out)).toContain('base: the last build failed');
});

test('a build without a manifest has no page', async () => {
  const execution = simulation.start({ recipe: 'nonesuch' });
  await simulation.finish(execution);
  expect(await golden(execution)).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(/has no manifest, so nothing was made/),
  });
});

test.each([[[]], [['base', '--all']]])('a build or --all: %j is refused', async (args) => {
  expect(await golden(...args)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('name a build or a recipe, or give --all'),
  });
});

test('on a simulated AWS the build may be left out, and its builds are named', async () => {
  const { terminal, out, err } = recordingTerminal({ columns: 200 });
  expect(await cli(['report', '--simulate', '--json'], terminal)).toBe(0);
  const { build } = JSON.parse(out()) as PageOfBuild;
  expect(err()).toMatch(new RegExp(`three times, a week apart: \\S+, \\S+, ${build}\\.`));
});
