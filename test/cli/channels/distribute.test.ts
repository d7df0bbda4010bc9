import { beforeAll, describe, expect, test } from '@jest/globals';
import { golden } from '../../../cli/golden.ts';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { build, imageIn, manifestIn, recipe, targets } from '../../support/pipeline.ts';

const another = '555566667777';
let simulation: Simulation;
let name = '';
const run = (...args: string[]) => operator(simulation).run('distribute', ...args);

beforeAll(async () => {
  // The account has the keys of all regions, because another recipe names them.
  const recipes = {
    base: { ...recipe, distribute: [targets.home] } as object,
    other: { ...recipe, name: 'other' },
  };
  simulation = createSimulation({
    catalog: { recipes, scripts: {}, version: '1.0.0' },
    scenario: { delays: brisk },
    notify: true,
  });
  name = manifestIn(simulation, await build(simulation)).build;
  recipes.base = { ...recipe, distribute: [{ ...targets.home, accounts: [another] }, targets.copied] };
}, 60_000);

describe('a region and an account came to the recipe', () => {
  test('a plan shows what would be copied, what it costs and which users differ, and makes nothing', async () => {
    const { exitCode, out } = await run('base', '--plan');
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      new RegExp(
        `base-${name} lacks:\n\n[\\s\\S]+eu-west-1 +base-${name} +alias/golden-eu +o-exampleorgid +/golden/base/stable`,
      ),
    );
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /at most \$0\.16 for copies of 8 GiB, .* other users for us-east-1 now; golden share --apply .* Nothing was made\./,
    );
    expect(JSON.parse((await run('base', '--plan', '--json')).out)).toMatchObject({
      status: 'planned',
      build: name,
      targets: [{ region: 'eu-west-1' }],
      unshared: true,
    });
    expect([...simulation.cloud.world.region('eu-west-1').images.values()].filter(({ tags }) => tags.size > 0)).toEqual(
      [],
    );
  });

  test('a person at the terminal is asked after the plan, and a no makes nothing', async () => {
    const questions: string[] = [];
    const confirms = async (question: string) => (questions.push(question), false);
    const { exitCode, out } = await operator(simulation, { confirms }).onTerminal('distribute', 'base');
    const question = '  Make this copy, and change who may use the older images?';
    expect({ exitCode, questions }).toEqual({ exitCode: 130, questions: [question] });
    expect(out).toMatch(/lacks:\n[\s\S]+Nothing was made\./);
    expect(simulation.read({ recipe: 'base', build: name }, 'manifest')?.added).toBeUndefined();
  });

  test('afterwards the users are those of the recipe in every region, and stdout of --json is the manifest', async () => {
    const { exitCode, out, err } = await run('base', '--why', 'customers in Europe', '--json');
    expect({ exitCode, err: exitCode === 0 ? '' : err }).toEqual({ exitCode: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      build: name,
      status: 'published',
      targets: [{ region: 'us-east-1' }, { region: 'eu-west-1', status: 'published' }],
      added: [{ why: 'customers in Europe', targets: ['eu-west-1'] }],
    });
    expect(imageIn(simulation, 'us-east-1').permissions).toEqual([{ UserId: another }]);
    expect(imageIn(simulation, 'eu-west-1').permissions).toHaveLength(1);
  });

  test('people are told once, with the regions', async () => {
    await simulation.pass(60);
    const subjects = simulation.mails.map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject?.includes('base got to eu-west-1'))).toHaveLength(1);
    expect(subjects).toHaveLength(2);
  });

  test('the next run finds nothing missing, and the next build finds the image up to date', async () => {
    expect((await run('base')).out).toMatch(/has an image in every target[\s\S]+nothing was missing/);
    expect(manifestIn(simulation, await build(simulation))).toMatchObject({ status: 'up-to-date' });
  });

  test('the history names the distribution', async () => {
    const { out } = await operator(simulation).run('history', 'base');
    expect(out).toMatch(/distribute/);
  });
});

test.each<[string[], RegExp]>([
  [['base', '--build', 'yesterday'], /--build yesterday: is no build id/],
  [['nothing'], /nothing: no build of such a recipe is published/],
  [['base', '--channel', 'beta'], /base has no channel beta/],
  [['base', '--build', '20200101-000000-abcd'], /build: 20200101-000000-abcd has no published image/],
  [['base', '--everywhere'], /unknown option '--everywhere'/],
])('golden distribute %j is refused', async (args, message) => {
  const { exitCode, err } = await run(...args);
  expect([exitCode, err]).toEqual([2, expect.stringMatching(message)]);
});

test('with --simulate it runs in an account whose recipe has grown', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['distribute', 'al2023-base', '--plan', '--simulate'], terminal)).toBe(0);
  expect(out()).toMatch(/ap-southeast-2 +al2023-base-/);
});
