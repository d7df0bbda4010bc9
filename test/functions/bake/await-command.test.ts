import { expect, test } from '@jest/globals';
import { move } from '../../../simulator/aws/ec2/instances/instances.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, launched, leftIn, nothing, onlyManifest, pipeline, statesEntered } from '../../support/pipeline.ts';

const document = (name: string, timeout: string) => ({
  provision: [{ name: 'patch', document: name, parameters: parametersOf[name], timeout }],
});

const parametersOf: Record<string, Record<string, string[]>> = {
  'AWS-RunShellScript': { commands: ['make world'] },
  'AWS-ConfigureAWSPackage': { action: ['Install'], name: ['AmazonCloudWatchAgent'] },
};

test('a failing step leaves nothing and says which step, which exit code and how its output ended', async () => {
  const stdout = `${'progress\n'.repeat(4000)}Error: disk is full\n`;
  const scenario = { commands: [{ step: 'patch', exitCode: 7, stdout, stderr: 'dnf: transaction failed' }] };
  const simulation = pipeline({ scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
  const manifest = onlyManifest(simulation);
  expect(manifest).toMatchObject({
    status: 'failed',
    image: null,
    failure: {
      state: 'AwaitCommand',
      error: 'ProvisionFailed',
      left: [],
      undone: [expect.stringMatching(/^terminated instance i-/)],
    },
  });
  for (const part of ['"patch"', 'exit code 7', 'dnf: transaction failed', 'Error: disk is full']) {
    expect(manifest?.failure?.cause).toContain(part);
    expect(execution.cause).toContain(part);
  }
});

test('a document that is told its time runs as long as its step may', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 7_200 }] };
  const { status } = await build(pipeline({ scenario, changes: document('AWS-RunShellScript', '3h') }));
  expect(status).toBe('SUCCEEDED');
});

test('a document that runs longer than its step may is stopped by SSM, which is said', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 1_200 }] };
  const { error, cause } = await build(pipeline({ scenario, changes: document('AWS-RunShellScript', '5m') }));
  expect(error).toBe('ProvisionFailed');
  expect(cause).toContain('Execution Timed Out');
  expect(cause).toContain('SSM stopped it when the time its document allows was over');
});

test('a document that cannot be told its time is given up by the pipeline, which is said', async () => {
  const scenario = { commands: [{ step: 'patch', seconds: 3_000 }] };
  const { error, cause } = await build(pipeline({ scenario, changes: document('AWS-ConfigureAWSPackage', '5m') }));
  expect(error).toBe('WaitTimedOut');
  expect(cause).toContain('the pipeline gave up after');
});

test('a step that runs out of time is a failed step', async () => {
  const scenario = { commands: [{ step: 'patch', status: 'TimedOut' }] };
  const simulation = pipeline({ scenario });
  expect(await build(simulation)).toMatchObject({ error: 'ProvisionFailed' });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a command that SSM could not deliver is sent once more, and runs once', async () => {
  const commands = ['patch', 'boots'].map((step) => ({ step, status: 'Undeliverable', times: 1 }));
  const simulation = pipeline({ scenario: { commands } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const sent = simulation.cloud.calls.filter(({ action }) => action === 'SendCommand');
  const comments = sent.map(({ params }) => (params as { Comment: string }).Comment.split(' ').at(-1) ?? '');
  expect(comments).toEqual(['patch', 'patch', 'restart', 'sanitize', 'boots', 'boots']);
});

test('a command that SSM cannot deliver twice ends the build', async () => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'patch', status: 'Undeliverable' }] } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'ProvisionFailed', cause: expect.stringContaining('SSM delivered none') });
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each([
  ['builder', 90, 'AwaitCommand'],
  ['candidate', 60, 'AwaitCheck'],
])("a %s that dies under a command is told at once, with EC2's reason", async (role, afterSeconds, state) => {
  const reason = 'Server.SpotInstanceTermination: taken back';
  const instances = [{ role, dies: { afterSeconds, reason } }];
  const simulation = pipeline({ scenario: { instances, delays: { commandPatch: 600, commandOther: 600 } } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'BuilderFailed', cause: expect.stringContaining(`${state}: `) });
  expect(execution.cause).toContain('SpotInstanceTermination');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(execution.stopDate!.getTime() - execution.startDate.getTime()).toBeLessThan(2700_000); // the candidate's builder took its half hour before
});

test.each([194, 3010])('a step that ends with exit code %i is rebooted, run again and survived', async (exitCode) => {
  const simulation = pipeline({ scenario: { commands: [{ step: 'patch', exitCode, times: 1 }] } });
  expect((await build(simulation)).status).toBe('SUCCEEDED');
  const reboots = simulation.cloud.delaysDrawn.filter(({ kind }) => kind === 'reboot');
  expect(reboots).toHaveLength(2); // this one, and the recipe's own reboot step
});

test('a step during which somebody stops the builder fails at once, not when SSM gives up', async () => {
  const interfere = {
    enter: (state: string) => {
      if (state !== 'AwaitCommand') return undefined;
      simulation.cloud.world.after(30, () => {
        for (const instance of launched(simulation, 'builder'))
          move(simulation.cloud.world, instance, 'stopping', 'instanceStop', 'stopped');
      });
      return undefined;
    },
  };
  const simulation: Simulation = pipeline({
    interfere,
    scenario: { commands: [{ step: 'patch', seconds: 3000 }] },
  });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  expect(execution.cause).toContain('when the instance was stopped');
});

test('a document of several steps that fails says which step and why', async () => {
  const provision = [{ name: 'baseline', document: 'AWS-RunPatchBaseline', parameters: { Operation: ['Install'] } }];
  const simulation = pipeline({
    changes: { provision },
    scenario: { commands: [{ step: 'baseline', exitCode: 9, stdout: 'no space left' }] },
  });
  const execution = await build(simulation);
  expect(execution.cause).toMatch(/exit code 9[^]*no space left[^]*s3:\/\/golden-artifacts-.*\/commands\//);
  expect(statesEntered(execution)).not.toContain('Seal');
});
