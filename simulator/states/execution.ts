import type { Clock, Timer } from '../clock.ts';
import type { Definition, Json } from './definition.ts';
import { StateError } from './errors.ts';
import { Journal, type Execution, type Listener, type Trail } from './history.ts';
import { createBranch, type Run } from './branch.ts';
import { runStates } from './machine.ts';
import type { Position } from './redrive.ts';
import { Scope, Stopped } from './values/scope.ts';
import type { Tokens } from './tokens.ts';
import { Variables } from './values/variables.ts';

export interface Machine {
  arn: string;
  name: string;
  region: string;
  roleArn: string;
  definition: Definition;
  tags: Record<string, string>;
  /** Virtual milliseconds since the epoch. */
  createdAt: number;
}

/** An execution, with functions to begin and end it. */
export interface Running {
  execution: Execution;
  begin: () => void;
  /** Continues from the states that did not succeed. The caller checks whether that is allowed. */
  redrive: () => void;
  /** The time of each RedriveExecution, by client token. */
  redriveTokens: Map<string, Date>;
  end: (
    status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED',
    how?: { output?: string; error?: string; cause?: string },
  ) => void;
}

/** The state that all executions share. */
export interface Shared {
  clock: Clock;
  random: () => number;
  tokens: Tokens;
  listeners: Listener[];
  statusListeners: ((execution: Execution) => void)[];
  transition: number;
  invoke: (functionName: string, payload: Json, region: string) => Promise<Json>;
  transitioned: (execution: Execution) => void;
}

const EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

/** Creates an execution that has not begun. */
export function startExecution(machine: Machine, name: string, input: string, shared: Shared): Running {
  const { clock, random, tokens, listeners, statusListeners } = shared;
  const execution: Execution = {
    arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
    name,
    stateMachineArn: machine.arn,
    status: 'RUNNING',
    startDate: new Date(clock.now()),
    redriveCount: 0,
    input,
    history: [],
  };
  let scope = new Scope();
  const position: Position = { variables: new Variables() };
  const trail: Trail = { last: 0, path: {} };
  const journal = new Journal(execution, () => clock.now(), listeners);
  let timer: Timer | undefined;
  const run: Run = {
    clock,
    random,
    journal,
    tokens,
    region: machine.region,
    transition: shared.transition,
    invoke: (functionName, payload) => shared.invoke(functionName, payload, machine.region),
    retried: () => shared.transitioned(execution),
  };
  const data = JSON.parse(input) as Json;
  const context = (): Json => ({
    Execution: {
      Id: execution.arn,
      Input: data,
      StartTime: execution.startDate.toISOString(),
      Name: name,
      RoleArn: machine.roleArn,
      RedriveCount: execution.redriveCount,
      ...(execution.redriveDate && { RedriveTime: execution.redriveDate.toISOString() }),
    },
    StateMachine: { Id: machine.arn, Name: machine.name },
  });
  function go(): void {
    const { TimeoutSeconds } = machine.definition;
    if (TimeoutSeconds !== undefined)
      timer = clock.at(clock.now() + TimeoutSeconds * 1000, () =>
        running.end('TIMED_OUT', { error: 'States.Timeout' }),
      );
    // This uses its own timer: the caller, perhaps a function, must neither wait for the execution nor be charged for its sleeps.
    clock.at(clock.now(), async () => {
      try {
        const output = await runStates(machine.definition, data, createBranch(run, scope, position, context(), trail));
        running.end('SUCCEEDED', { output: JSON.stringify(output) });
      } catch (error) {
        if (error instanceof Stopped) return;
        if (!(error instanceof StateError)) throw error;
        const { error: failed, reason } = error;
        running.end('FAILED', {
          ...(failed !== undefined && { error: failed }),
          ...(reason !== undefined && { cause: reason }),
        });
      }
    });
  }
  const running: Running = {
    execution,
    redriveTokens: new Map(),
    begin() {
      for (const listener of statusListeners) listener(execution);
      journal.record(trail, 'ExecutionStarted', {
        input,
        inputDetails: { truncated: false },
        roleArn: machine.roleArn,
      });
      go();
    },
    redrive() {
      scope = new Scope();
      for (const key of ['stopDate', 'output', 'error', 'cause'] as const) delete execution[key];
      execution.status = 'RUNNING';
      execution.redriveCount++;
      execution.redriveDate = new Date(clock.now());
      trail.last = execution.history.length;
      for (const listener of statusListeners) listener(execution);
      journal.record(trail, 'ExecutionRedriven', { redriveCount: execution.redriveCount });
      shared.transitioned(execution);
      go();
    },
    end(status, how = {}) {
      if (execution.status !== 'RUNNING') return;
      scope.stop();
      timer?.cancel();
      execution.status = status;
      execution.stopDate = new Date(clock.now());
      // An execution that timed out shows States.Timeout only in its history (floci issue 2733, recorded on AWS).
      if (status !== 'TIMED_OUT') Object.assign(execution, how);
      if (status === 'TIMED_OUT' || status === 'ABORTED') trail.last = 0;
      trail.path = {};
      journal.close(trail, EVENT[status], {
        ...how,
        ...(how.output !== undefined && { outputDetails: { truncated: false } }),
      });
      for (const listener of statusListeners) listener(execution);
    },
  };
  return running;
}
