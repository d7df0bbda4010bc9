import type { EventPath } from '../../core/build/event-paths.ts';
import type { Actions } from '../aws/calls/actions.ts';
import type { Clock } from '../clock.ts';
import { partitionIn } from '../aws/partition.ts';
import { parseDefinition, type Definition, type Json } from './definition.ts';
import { createActions } from './execution-actions.ts';
import { machineActions } from './machine-actions.ts';
import { newExecution } from './execution.ts';
import type { Execution, HistoryEvent, Listener } from './history.ts';
import { refusals } from './supported/supported.ts';
import { createTokens } from './tokens.ts';
import type { Registry } from './registry.ts';

export type { Execution, HistoryEvent };

/** A simulated Step Functions for Standard workflows in JSONPath. `supported.ts` says what a definition may contain. */
export interface StepFunctions {
  /**
   * The API: ListStateMachines, ListTagsForResource, StartExecution, DescribeExecution, GetExecutionHistory, ListExecutions,
   * StopExecution, RedriveExecution, SendTaskSuccess, -Failure, -Heartbeat.
   */
  actions: Actions;
  /**
   * Returns the ARN. Throws if the simulator does not implement a part of the definition; the error names every state and field.
   */
  createStateMachine(machine: {
    name: string;
    region: string;
    definition: string;
    substitutions?: Record<string, string>;
    roleArn?: string;
    tags?: Record<string, string>;
  }): string;
  execution(arn: string): Execution;
  /** The transitions that AWS bills: entered states, retries and redrives. */
  stateTransitions(arn: string): number;
  /** Ends a running execution, as StopExecution or its TimeoutSeconds would. */
  end(arn: string, status: 'ABORTED' | 'TIMED_OUT'): void;
  /** Reports every history event with its enclosing Map iterations, outermost first. */
  onEvent(listener: (execution: Execution, event: HistoryEvent, path: EventPath) => void): void;
  onStatusChange(listener: (execution: Execution) => void): void;
}

export interface Options {
  clock: Clock;
  random: () => number;
  account: string;
  /** Runs a function as an activity of the clock. The function must wait with `own.sleep`. */
  invoke: (functionArn: string, payload: unknown, region: string, own: Clock) => Promise<unknown>;
  /** Virtual milliseconds per step. Default 0. */
  latency?: { transition?: number; invoke?: number };
}

export function createStepFunctions(options: Options): StepFunctions {
  const { clock, random, latency = {} } = options;
  const listeners: Listener[] = [];
  const statusListeners: ((execution: Execution) => void)[] = [];
  const transitions = new Map<string, number>();
  const count = ({ arn }: Execution) => transitions.set(arn, (transitions.get(arn) ?? 0) + 1);
  listeners.push((execution, { type }) => void (type.endsWith('StateEntered') && count(execution)));
  const registry: Registry = {
    clock,
    tokens: createTokens(random),
    machines: new Map(),
    executions: new Map(),
    start(machine, name, input) {
      const running = newExecution(machine, name, input, {
        clock,
        random,
        tokens: registry.tokens,
        listeners,
        statusListeners,
        transition: latency.transition ?? 0,
        invoke: (functionName, payload, region) => callFunction(options, functionName, payload, region),
        transitioned: count,
      });
      registry.executions.set(running.execution.arn, running);
      running.begin();
      return running.execution;
    },
  };
  return {
    actions: { ...createActions(registry), ...machineActions(registry) },
    createStateMachine: (machine) => addMachine(registry, options.account, machine),
    execution(arn) {
      const running = registry.executions.get(arn);
      if (!running) throw new Error(`There is no execution ${arn}.`);
      return running.execution;
    },
    end: (arn, status) =>
      registry.executions.get(arn)?.end(status, status === 'TIMED_OUT' ? { error: 'States.Timeout' } : {}),
    stateTransitions: (arn) => transitions.get(arn) ?? 0,
    onEvent: (listener) => void listeners.push(listener),
    onStatusChange: (listener) => void statusListeners.push(listener),
  };
}

/** The result goes through JSON, as on the network: the function must not share objects with the execution. */
const callFunction = ({ clock, invoke, latency }: Options, name: string, payload: Json, region: string) =>
  clock.activity(async (own) => {
    if (latency?.invoke) await own.sleep(latency.invoke);
    const at = /^arn:[\w-]+:lambda:([^:]+):/.exec(name)?.[1] ?? region;
    const result = await invoke(name, payload, at, own);
    return JSON.parse(JSON.stringify(result) ?? 'null') as Json;
  });

/** Definitions that can be run. Every simulation of a process has the same machines, and no execution changes one. */
const accepted = new Map<string, Definition>();

function addMachine(
  { machines, clock }: Registry,
  account: string,
  machine: Parameters<StepFunctions['createStateMachine']>[0],
): string {
  const { name, region, definition: text, substitutions, roleArn, tags = {} } = machine;
  const key = `${text}\n${JSON.stringify(substitutions)}`;
  const definition = accepted.get(key) ?? parseDefinition(text, substitutions);
  const refused = accepted.has(key) ? [] : refusals(definition);
  if (refused.length > 0)
    throw new Error(`The state machine ${name} cannot be run here:\n${refused.map((each) => `  ${each}`).join('\n')}`);
  accepted.set(key, definition);
  const arn = `arn:${partitionIn(region)}:states:${region}:${account}:stateMachine:${name}`;
  machines.set(arn, {
    arn,
    name,
    region,
    definition,
    roleArn: roleArn ?? `arn:${partitionIn(region)}:iam::${account}:role/${name}`,
    tags,
    createdAt: clock.now(),
  });
  return arn;
}
