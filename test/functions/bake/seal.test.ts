import { expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { build, home, launched, leftIn, nothing, pipeline } from '../../support/pipeline.ts';

const windows = (release = 2025) => ({
  source: { parameter: `/aws/service/ami-windows-latest/Windows_Server-${release}-English-Full-Base`, owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  provision: [{ name: 'patch', powershell: 'exit 0' }],
  checks: [{ name: 'boots', powershell: 'exit 0' }],
  distribute: [{ region: home }],
});

const calls = ({ cloud }: Simulation, action: string) => cloud.calls.filter((call) => call.action === action);

const commandOf = ({ cloud }: Simulation, step: string) =>
  [...cloud.world.region('us-east-1').commands.values()].find((command) => command.step === step);

test('Windows is generalized by the document of AWS, which shuts the builder down; the build waits for that, not for the command', async () => {
  const simulation = pipeline({ changes: windows() });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(commandOf(simulation, 'generalize')).toMatchObject({
    documentName: 'AWSEC2-RunSysprep',
    invocations: [{ status: 'InProgress' }],
  });
  expect(calls(simulation, 'StopInstances')).toEqual([]);
  expect(launched(simulation, 'builder')).toMatchObject([{ shutdownBehavior: 'stop', state: 'terminated' }]);
  expect(launched(simulation, 'candidate')).toMatchObject([{ shutdownBehavior: 'terminate' }]);
});

test('a builder that still runs after the document has ended well is given ten minutes to shut down, then stopped', async () => {
  const simulation = pipeline({ changes: windows(), scenario: { commands: [{ step: 'generalize', seconds: 300 }] } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const [stop] = calls(simulation, 'StopInstances');
  const ended = commandOf(simulation, 'generalize')?.invocations[0]?.endedAt ?? 0;
  expect(((stop?.at ?? 0) - ended) / 1000).toBeGreaterThan(600);
});

test('Sysprep that fails fails the build, with what the document printed', async () => {
  const stderr = 'SYSPRP Package was installed for a user, but not provisioned for all users';
  const scenario = { commands: [{ step: 'generalize', exitCode: 1, stderr }] };
  const simulation = pipeline({ changes: windows(), scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  expect(execution.cause).toContain(stderr);
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a stopped capture stops the builder, a running capture does not', async () => {
  const stops = async (capture: string) => {
    const simulation = pipeline({ changes: { image: { capture } } });
    expect((await build(simulation)).status).toBe('SUCCEEDED');
    return simulation.cloud.calls.filter(({ action }) => action === 'StopInstances').length;
  };
  expect([await stops('stopped'), await stops('running')]).toEqual([1, 0]);
});
