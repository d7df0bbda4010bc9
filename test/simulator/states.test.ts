import { describe, expect, test } from '@jest/globals';
import { createClock } from '../../simulator/clock.ts';
import { createStepFunctions } from '../../simulator/states/step-functions.ts';
import { comparable, corpus, functionsOf, type MachineCase, type MachineEnd } from '../statemachines/corpus.ts';

const caller = { account: '123456789012', region: 'us-east-1' };

/** Runs a case in our interpreter, on virtual time. */
async function run(one: MachineCase): Promise<MachineEnd> {
  const clock = createClock({ start: Date.parse('2026-01-01T00:00:00Z') });
  const call = async (action: string, input: object) => stepFunctions.actions[action]!(input, caller);
  const behave = functionsOf(one, {
    sleep: (milliseconds) => clock.sleep(milliseconds),
    succeed: async (taskToken, output) => void (await call('SendTaskSuccess', { taskToken, output })),
    fail: async (taskToken, error, cause) => void (await call('SendTaskFailure', { taskToken, error, cause })),
  });
  const stepFunctions = createStepFunctions({
    clock,
    random: () => Math.random(),
    account: caller.account,
    invoke: (name, payload, _region, own) => behave(name, payload, (milliseconds) => own.sleep(milliseconds)),
  });
  const stateMachineArn = stepFunctions.createStateMachine({
    name: 'machine',
    region: caller.region,
    definition: JSON.stringify(one.definition),
  });
  const input = JSON.stringify(one.input);
  const { executionArn } = (await call('StartExecution', { stateMachineArn, name: 'run', input })) as {
    executionArn: string;
  };
  const execution = stepFunctions.execution(executionArn);
  await clock.run(() => execution.status !== 'RUNNING');
  const { status, output, error, history } = execution;
  return {
    status,
    ...(output !== undefined && { output: JSON.parse(output) as unknown }),
    ...(error !== undefined && { error }),
    states: history.flatMap((event) => (event['stateEnteredEventDetails']?.['name'] as string | undefined) ?? []),
  };
}

// Each case was run in moto's engine too (test/moto/conformance.moto.ts), and says where moto is wrong.
describe.each(corpus)('%s', (_file, cases) => {
  test.each(cases.map((one) => [one.comment, one] as const))('%s', async (_comment, one) => {
    const ended = await run(one);
    expect(comparable(ended, one)).toEqual(comparable(one.expect, one));
  });
});
