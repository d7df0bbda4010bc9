import { beforeEach, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { leftIn, nothing } from '../../support/pipeline.ts';
import { arm, channelsIn, intel, lastOf, nowhere, variedPipeline } from '../../support/variants.ts';

let simulation: Simulation;
beforeEach(() => void (simulation = variedPipeline({ scenario: { delays: brisk } })));
const golden = (...args: string[]) => operator(simulation).run(...args);

test('a build of a recipe with variants is followed with what each variant does, and ends with the images of all', async () => {
  const { exitCode, out, err } = await golden('build', 'base');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/✓ x86_64 AwaitImage /);
  expect(out).toMatch(/✓ arm64 AwaitOthers /);
  for (const name of [intel, arm])
    expect(out).toMatch(new RegExp(`^ {2}us-east-1 +ami-\\w+ .*/golden/${name}/stable +published$`, 'm'));
  expect(out).toMatch(/✓ base-\d{8}-\d{6}-[0-9a-f]{4} is published\n/);
  const listed = await golden('list', '--json');
  expect(
    (JSON.parse(listed.out) as { recipe: string; status: string }[]).map(({ recipe, status }) => `${recipe} ${status}`),
  ).toEqual(expect.arrayContaining(['base published', `${arm} published`, `${intel} published`]));
  const again = await golden('build', 'base', '--json');
  expect(JSON.parse(again.out)).toMatchObject({
    recipe: 'base',
    status: 'up-to-date',
    variants: [{ recipe: intel }, { recipe: arm }],
  });
});

test('a recipe with variants is cancelled with all of them', async () => {
  simulation.start({ recipe: 'base' });
  await simulation.pass(60);
  const { exitCode, out } = await golden('cancel', 'base');
  expect(exitCode).toBe(0);
  for (const name of ['base', intel, arm])
    expect(out).toMatch(new RegExp(`^ {2}${name}-\\d{8}-.* is stopped\\.$`, 'm'));
  await simulation.pass(3600);
  expect([lastOf(simulation, intel)?.status, lastOf(simulation, arm)?.status]).toEqual(['ABORTED', 'ABORTED']);
  expect([channelsIn(simulation), leftIn(simulation)]).toEqual([nowhere, nothing]);
});

test('each variant is planned by its own name, and the name of the whole says so', async () => {
  expect((await golden('plan', arm)).exitCode).toBe(0);
  const { exitCode, err, out } = await golden('plan', 'base');
  expect(exitCode).toBe(2);
  expect(err + out).toContain('base has variants, each of which is a recipe here: name base-x86_64 or base-arm64');
});
