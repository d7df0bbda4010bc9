// One state in our interpreter, as Step Functions' TestState runs it: from an input to the next state, with the answer of its
// task made up. https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
import { isDeepStrictEqual } from 'node:util';
import { createClock } from '../../simulator/clock.ts';
import type { Json, State, States } from '../../simulator/states/definition.ts';
import { createStepFunctions, type Execution } from '../../simulator/states/step-functions.ts';

/** What the task is taken to answer. */
export type Mock = { result: Json } | { error: string };

export interface StateOutcome {
  status: 'SUCCEEDED' | 'RETRIABLE' | 'CAUGHT_ERROR' | 'FAILED';
  next?: string;
  output?: Json;
  error?: string;
  /** Seconds until the retry, at the most where they fall by chance. */
  backoff?: number;
}

export interface Tried {
  outcome: StateOutcome;
  /** Cause of the error, as a function's failure arrives. */
  cause: string;
  /** The context object that the state saw. */
  context: Json;
  /** What the task was called with. */
  parameters: Json;
}

/** The states that a state has beside it: those of the machine, or of the Map or Parallel that it is in. */
export function around(name: string, states: States): States | undefined {
  if (states.States[name]) return states;
  for (const { ItemProcessor, Branches = [] } of Object.values(states.States))
    for (const inner of [...(ItemProcessor ? [ItemProcessor] : []), ...Branches]) {
      const found = around(name, inner);
      if (found) return found;
    }
  return undefined;
}

/** Every Task of a machine, also those inside Maps and Parallels. */
export const tasksOf = (states: States): [string, State][] =>
  Object.entries(states.States).flatMap(([name, state]) => [
    ...(state.Type === 'Task' ? [[name, state] as [string, State]] : []),
    ...[...(state.ItemProcessor ? [state.ItemProcessor] : []), ...(state.Branches ?? [])].flatMap(tasksOf),
  ]);

/** The state without the attempts that retrying this error has used up. */
const spent = (state: State, error: string): State => {
  const used = state.Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  return {
    ...state,
    ...(state.Retry && { Retry: state.Retry.map((one) => (one === used ? { ...one, MaxAttempts: 0 } : one)) }),
  };
};

/** A machine of this state alone, whose next states only end it. */
function machineOf(name: string, state: State): object {
  const targets = [state.Next ?? [], (state.Catch ?? []).map(({ Next }) => Next)].flat();
  return {
    StartAt: name,
    States: { [name]: state, ...Object.fromEntries(targets.map((next) => [next, { Type: 'Succeed' }])) },
  };
}

/** What Step Functions tells of a state that was left, or is to be tried again. */
function outcomeOf(
  { status, output, error }: Execution,
  mock: Mock,
  { failed, calls, next }: { failed: string; calls: number[]; next: { name: string; input: string } | undefined },
): StateOutcome {
  if (status === 'ABORTED') {
    const [before, last] = calls.slice(-2);
    return { status: 'RETRIABLE', error: failed, backoff: Math.round((last! - before!) / 1000) };
  }
  if (status === 'FAILED') return { status, error: error ?? '' };
  const left = { output: JSON.parse(next?.input ?? output ?? 'null') as Json, ...(next && { next: next.name }) };
  return 'error' in mock ? { status: 'CAUGHT_ERROR', ...left, error: mock.error } : { status: 'SUCCEEDED', ...left };
}

/** The context object as the state saw it. */
const contextOf = (
  { arn, name: execution, startDate }: Execution,
  { stateMachineArn, name, input, account, enteredAt, retries }: Entered,
  token: string | undefined,
): Json => ({
  Execution: {
    Id: arn,
    Input: input,
    Name: execution,
    RoleArn: `arn:aws:iam::${account}:role/${name}`,
    StartTime: startDate.toISOString(),
    RedriveCount: 0,
  },
  StateMachine: { Id: stateMachineArn, Name: name },
  State: { Name: name, EnteredTime: enteredAt.toISOString(), RetryCount: retries },
  ...(token !== undefined && { Task: { Token: token } }),
});
interface Entered {
  stateMachineArn: string;
  /** Of the state, and of the machine made for it. */
  name: string;
  input: Json;
  account: string;
  enteredAt: Date;
  retries: number;
}

/** @param retries How often the task has failed before: never, or as often as it may. */
export async function tryState(
  machine: States,
  name: string,
  input: Json,
  mock: Mock,
  { region, account, retries = 0 }: { region: string; account: string; retries?: number },
): Promise<Tried> {
  const state = around(name, machine)?.States[name];
  if (!state) throw new Error(`there is no state ${name}`);
  const alone = machineOf(name, retries > 0 && 'error' in mock ? spent(state, mock.error) : state);
  const clock = createClock({ start: Date.parse('2026-11-23T03:00:00Z') });
  const byToken = state.Resource?.endsWith('.waitForTaskToken');
  const caller = { account, region };
  const calls: number[] = [];
  let token = '';
  const stepFunctions = createStepFunctions({
    clock,
    random: () => 1 - 1e-9, // the longest wait that a jitter can make
    account,
    async invoke(_function, payload) {
      calls.push(clock.now());
      token ||= (payload as { taskToken?: string }).taskToken ?? '';
      if ('error' in mock && calls.length === 1)
        throw Object.assign(new Error('made up'), { name: mock.error, stack: '' });
      if ('error' in mock) stepFunctions.end(executionArn, 'ABORTED');
      else if (byToken)
        await stepFunctions.actions['SendTaskSuccess']!(
          { taskToken: token, output: JSON.stringify(mock.result) },
          caller,
        );
      return 'result' in mock ? (mock.result as { Payload?: Json }).Payload : undefined;
    },
  });
  const stateMachineArn = stepFunctions.createStateMachine({ name, region, definition: JSON.stringify(alone) });
  const { executionArn } = (await stepFunctions.actions['StartExecution']!(
    { stateMachineArn, name, input: JSON.stringify(input) },
    caller,
  )) as { executionArn: string };
  const execution = stepFunctions.execution(executionArn);
  await clock.run(() => execution.status !== 'RUNNING');

  const details = (type: string) =>
    execution.history.filter((event) => event.type === type).map((event) => Object.values(event).at(-1) as never);
  const entered = execution.history.flatMap((event) =>
    event.stateEnteredEventDetails ? [{ ...event.stateEnteredEventDetails, at: event.timestamp }] : [],
  ) as unknown as { name: string; input: string; at: Date }[];
  const [scheduled] = details('TaskScheduled') as { parameters: string }[];
  const failure = (details('TaskFailed') as { error?: string; cause?: string }[]).at(-1);
  const [first, second] = entered;
  return {
    outcome: outcomeOf(execution, mock, { failed: failure?.error ?? '', calls, next: second }),
    cause: failure?.cause ?? '',
    parameters: JSON.parse(scheduled?.parameters ?? 'null') as Json,
    context: contextOf(
      execution,
      { stateMachineArn, name, input, account, enteredAt: first!.at, retries },
      byToken ? token : undefined,
    ),
  };
}

export const same = (one: unknown, other: unknown): boolean => isDeepStrictEqual(one, other);
