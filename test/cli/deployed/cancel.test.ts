import { beforeEach, expect, test } from '@jest/globals';
import type { Listed } from '../../../cli/deployed/list.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { leftIn, nothing, pipeline, targets } from '../../support/pipeline.ts';

let simulation: Simulation;
beforeEach(() => {
  simulation = pipeline({
    changes: { distribute: [targets.home] },
    scenario: { delays: brisk, commands: [{ step: 'hangs', seconds: 600 }] },
  });
});

const golden = (...args: string[]) => operator(simulation).run(...args);
const hanging = ['--override', 'provision=[{ name: hangs, run: sleep 600 }]', '--override', 'publish='];

test('a recipe that is being built is cancelled, and what it made is undone before the wait is over', async () => {
  const before = leftIn(simulation);
  await golden('build', 'base', '--detach', ...hanging);
  await simulation.pass(60);
  expect((await golden('list', 'base')).out).toMatch(/base +\S+ +running +1m \d*s? +hand/);
  expect(leftIn(simulation).instances).toHaveLength(1);

  const { exitCode, out } = await golden('cancel', 'base', '--reason', 'wrong day', '--wait');
  expect(exitCode).toBe(0);
  expect(out).toMatch(
    /base-\S+ is stopped\.\n.*\n(.*\n)*? +terminated instance i-\w+ in us-east-1\n(.*\n)* {2}The clean-up is over\.\n$/,
  );
  expect(leftIn(simulation)).toEqual(before);
  const [last] = JSON.parse((await golden('list', 'base', '--json')).out) as Listed[];
  expect(last).toMatchObject({ status: 'stopped', error: 'ABORTED in AwaitCommand' });
  expect(simulation.stepFunctions.execution(last?.execution ?? '')).toMatchObject({
    error: 'Cancelled',
    cause: 'cancelled by hand with golden cancel: wrong day',
  });
});

test('without waiting, a cancelled build is left to be undone; one that has ended is no failure', async () => {
  await golden('build', 'base', '--force', '--detach');
  await simulation.pass(20);
  const [running] = JSON.parse((await golden('list', 'base', '--json')).out) as Listed[];
  const { exitCode, out } = await golden('cancel', running?.build ?? '', '--json');
  expect({ exitCode, cancelled: JSON.parse(out) as unknown }).toEqual({
    exitCode: 0,
    cancelled: [{ recipe: 'base', build: running?.build, execution: running?.execution }],
  });
  const again = await golden('cancel', running?.build ?? '');
  expect(again).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/is not running: it ended at .* as ABORTED\.\n$/),
  });
  expect(await golden('cancel', 'base')).toMatchObject({
    exitCode: 0,
    out: '  Nothing is being built of base in us-east-1.\n',
  });
  await simulation.pass(600);
  expect(leftIn(simulation)).toMatchObject({ instances: nothing.instances, volumes: nothing.volumes });
});

test('Ctrl-C ends the waiting for a clean-up, which goes on', async () => {
  await golden('build', 'base', '--force', '--detach');
  await simulation.pass(20);
  const someone = operator(simulation);
  someone.interruptIn(15);
  const { exitCode, out } = await someone.run('cancel', 'base', '--wait');
  expect(exitCode).toBe(130);
  expect(out).toMatch(/left; golden logs \S+ tells later what was undone\n$/);
  await simulation.pass(600);
  expect(leftIn(simulation).instances).toEqual([]);
});
