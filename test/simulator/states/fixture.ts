import { createClock, type Clock } from '../../../simulator/clock.ts';
import { createStepFunctions, type Execution, type Options } from '../../../simulator/states/step-functions.ts';

export const machineRegion = 'eu-west-1';
export const machineAccount = '123456789012';
const caller = { account: machineAccount, region: machineRegion };

type Functions = Record<string, (payload: any, bench: MachineBench) => unknown>;

/** A state machine set up to run on virtual time from 2026-01-01, its functions by name. */
export interface MachineBench {
  /** For a function: the function's own clock. */
  clock: Clock;
  stepFunctions: ReturnType<typeof createStepFunctions>;
  machine: string;
  call: (action: string, input: object) => any;
  start: (input?: unknown, name?: string) => string;
  run: (input?: unknown) => Promise<Execution>;
  /** Virtual seconds since the start. */
  seconds: () => number;
}

export const START = Date.parse('2026-01-01T00:00:00Z');

export function setUp(
  definition: object | string,
  functions: Functions = {},
  more: Partial<Options> & { substitutions?: Record<string, string> } = {},
): MachineBench {
  const clock = createClock({ start: START });
  const { substitutions, ...options } = more;
  const stepFunctions = createStepFunctions({
    clock,
    random: () => 0.5,
    account: machineAccount,
    invoke: async (name, payload, _region, own) => {
      const handler = functions[name];
      if (!handler) throw new Error(`no function ${name}`);
      return handler(payload, { ...bench, clock: own });
    },
    ...options,
  });
  const text = typeof definition === 'string' ? definition : JSON.stringify(definition);
  const machine = stepFunctions.createStateMachine({
    name: 'tested',
    region: machineRegion,
    definition: text,
    ...(substitutions && { substitutions }),
  });
  const bench: MachineBench = {
    clock,
    stepFunctions,
    machine,
    call: (action, input) => stepFunctions.actions[action]!(input, caller),
    start: (input = {}, name) =>
      bench.call('StartExecution', { stateMachineArn: machine, input: JSON.stringify(input), name })
        .executionArn as string,
    async run(input) {
      const execution = stepFunctions.execution(bench.start(input));
      await clock.run(() => execution.status !== 'RUNNING');
      return execution;
    },
    seconds: () => (clock.now() - START) / 1000,
  };
  return bench;
}

/** A machine of these states, beginning with the first. */
export const states = (all: Record<string, object>, top: object = {}) => ({
  StartAt: Object.keys(all)[0],
  States: all,
  ...top,
});

export const task = (name: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: name, 'Payload.$': '$' },
  ...more,
});

export const tokenTask = (name: string, more: object = { End: true }) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: name, Payload: { 'token.$': '$$.Task.Token', 'input.$': '$' } },
  ...more,
});

export const types = (execution: Execution) => execution.history.map(({ type }) => type);
export const entered = (execution: Execution) =>
  execution.history.flatMap((event) => (event.stateEnteredEventDetails ? [event.stateEnteredEventDetails.name] : []));
export const output = (execution: Execution) => JSON.parse(execution.output ?? 'null') as any;

/** A state that waits for as many seconds as the execution's input says. */
export const pause = (Next: string, path = 'seconds') => ({
  Type: 'Wait',
  SecondsPath: `$$.Execution.Input.${path}`,
  Next,
});
export const done = { Type: 'Succeed' };

/** A state that fails under its own name, because of the machine. */
export const fail = { Type: 'Fail', ErrorPath: '$$.State.Name', CausePath: '$$.StateMachine.Name' };

/** An error as a function throws it. */
export const named = (name: string, message = name) => Object.assign(new Error(message), { name });
