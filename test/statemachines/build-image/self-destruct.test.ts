import { expect, test } from '@jest/globals';
import type { Plan } from '../../../core/build/plan.ts';
import { selfDestructSeconds } from '../../../core/guest/self-destruct.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import {
  artifactKeys,
  build,
  home,
  launched,
  leftIn,
  nothing,
  pipeline,
  recipe,
  targets,
  unheard,
} from '../../support/pipeline.ts';

const planIn = (simulation: Simulation): Plan => {
  const key = artifactKeys(simulation).find((each) => each.endsWith('/plan.json')) ?? '';
  return JSON.parse(simulation.artifact(key) ?? 'null') as Plan;
};

/** A build whose pipeline is gone from one moment to the next, with nobody to undo it. */
const abandoned = (state: string, userData?: string) =>
  pipeline({ ...unheard, changes: { builder: { ...recipe.builder, ...(userData && { userData }) } }, interfere: { enter: (entered) => (entered === state ? 'ABORTED' : undefined) } });

test('a builder that nobody is left to end ends itself, with user data of the recipe, too, and its disk goes with it', async () => {
  const simulation = abandoned('AwaitBuilder', '#!/bin/sh\nsleep infinity\n');
  await build(simulation);
  await simulation.pass(selfDestructSeconds(planIn(simulation), 'builder') - 60);
  expect(leftIn(simulation)).toMatchObject({ instances: ['us-east-1 running'], volumes: ['us-east-1 in-use'] });
  await simulation.pass(600);
  expect(leftIn(simulation)).toEqual(nothing);
  expect(launched(simulation, 'builder')).toMatchObject([{ reason: { Code: 'Client.InstanceInitiatedShutdown' } }]);
});

test('so does one that has rebooted for a step, counted from there', async () => {
  const sanitizing = (entered: string, visit: number) => entered === 'AwaitCommand' && visit === 3;
  const simulation = pipeline({
    ...unheard,
    interfere: { enter: (entered, visit) => (sanitizing(entered, visit) ? 'ABORTED' : undefined) },
  });
  await build(simulation);
  await simulation.pass(selfDestructSeconds(planIn(simulation), 'builder') + 600);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a candidate ends itself as well; a builder that is stopped by then runs nothing and is left to others', async () => {
  const simulation = abandoned('AwaitCandidate');
  await build(simulation);
  await simulation.pass(selfDestructSeconds(planIn(simulation), 'candidate') + 600);
  expect(launched(simulation, 'candidate')).toMatchObject([{ state: 'terminated' }]);
  expect(leftIn(simulation)).toMatchObject({ instances: ['us-east-1 stopped'], volumes: ['us-east-1 in-use'] });
});

const patch = { name: 'patch', run: 'x', timeout: '1h' };
const install = { name: 'install', run: 'x', timeout: '1h' };

test.each([
  ['stopped', [patch, { name: 'restart', reboot: true }, install]],
  ['running', [patch, install]],
] as const)(
  'a healthy build, captured %s, whose every wait goes up to its bound is not ended by the timer',
  async (capture, provision) => {
    const simulation = pipeline({
      changes: { provision, image: { capture }, distribute: [targets.home] },
      scenario: {
        delays: { agentOnline: 1700, commandStart: 590, instanceStop: 1700, createImage: 42_000 },
        commands: [
          ...['patch', 'install'].map((step) => ({ step, seconds: 3600 })),
          { step: 'sanitize', seconds: 600 },
          { step: 'boots', seconds: 600 },
        ],
      },
    });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    for (const role of ['builder', 'candidate']) {
      expect(launched(simulation, role)).toMatchObject([{ reason: { Code: 'Client.UserInitiatedShutdown' } }]);
    }
  },
);

const windows = (release = 2025) => ({
  source: { parameter: `/aws/service/ami-windows-latest/Windows_Server-${release}-English-Full-Base`, owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  provision: [{ name: 'patch', powershell: 'exit 0' }],
  checks: [{ name: 'boots', powershell: 'exit 0' }],
  distribute: [{ region: home }],
});

test('no Windows builder outlives its pipeline: the timer stops it', async () => {
  const interfere = { enter: (state: string) => (state === 'AwaitBuilder' ? ('ABORTED' as const) : undefined) };
  const simulation = pipeline({ ...unheard, changes: windows(), interfere });
  await build(simulation);
  const key = artifactKeys(simulation).find((each) => each.endsWith('/plan.json')) ?? '';
  const plan = JSON.parse(simulation.artifact(key) ?? 'null') as Plan;
  await simulation.pass(selfDestructSeconds(plan, 'builder') + 900);
  expect(leftIn(simulation)).toMatchObject({ instances: ['us-east-1 stopped'] });
});
