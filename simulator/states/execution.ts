import type { Clock, Timer } from '../clock.ts';
import type { Definition, Json } from './definition.ts';
import { StateError } from './errors.ts';
import { Journal, type Execution, type Listener, type Trail } from './history.ts';
import { createBranch, writtenText, type Run } from './branch.ts';
import { runStates } from './machine.ts';
import type { Position } from './redrive.ts';
import { Scope, Stopped } from './values/scope.ts';
import type { Tokens } from './tokens.ts';

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
  begin(): void;
  /** Continues from the states that did not succeed. The caller checks whether that is allowed. */
  redrive(): void;
  /** The time of each RedriveExecution, by client token. */
  redriveTokens: Map<string, Date>;
  end(status: Ending, how?: { output?: string; error?: string; cause?: string }): void;
}

/** The state that all executions share. */
interface EngineState {
  clock: Clock;
  random: () => number;
  tokens: Tokens;
  listeners: Listener[];
  statusListeners: ((execution: Execution) => void)[];
  transition: number;
  invoke: (functionName: string, payload: Json, region: string) => Promise<Json>;
  transitioned: (execution: Execution) => void;
}

type Ending = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

const EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

/** Creates an execution that has not begun. */
export const newExecution = (machine: Machine, name: string, input: string, engine: EngineState): Running =>
  new RunningExecution(machine, name, input, engine);

class RunningExecution implements Running {
  readonly execution: Execution;
  readonly redriveTokens = new Map<string, Date>();
  readonly #machine: Machine;
  readonly #engine: EngineState;
  readonly #input: Json;
  readonly #position: Position = {};
  readonly #trail: Trail = { last: 0, path: {} };
  readonly #journal: Journal;
  readonly #run: Run;
  /** What runs between a begin or redrive and the end. A redrive gets a new one. */
  #scope = new Scope();
  /** The timer of the machine's TimeoutSeconds. */
  #timer: Timer | undefined;

  constructor(machine: Machine, name: string, input: string, engine: EngineState) {
    const { clock, random, tokens, transition } = engine;
    this.#machine = machine;
    this.#engine = engine;
    this.#input = JSON.parse(input) as Json;
    this.execution = {
      arn: `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`,
      name,
      stateMachineArn: machine.arn,
      status: 'RUNNING',
      startDate: new Date(clock.now()),
      redriveCount: 0,
      input,
      history: [],
    };
    this.#journal = new Journal(this.execution, () => clock.now(), engine.listeners);
    this.#run = {
      clock,
      random,
      journal: this.#journal,
      tokens,
      region: machine.region,
      transition,
      invoke: (functionName, payload) => engine.invoke(functionName, payload, machine.region),
      retried: () => engine.transitioned(this.execution),
    };
  }

  begin(): void {
    this.#announce();
    const { input } = this.execution;
    const { roleArn } = this.#machine;
    this.#journal.record(this.#trail, 'ExecutionStarted', { input, inputDetails: { truncated: false }, roleArn });
    this.#go();
  }

  redrive(): void {
    const { execution } = this;
    this.#scope = new Scope();
    for (const key of ['stopDate', 'output', 'error', 'cause'] as const) delete execution[key];
    execution.status = 'RUNNING';
    execution.redriveCount++;
    execution.redriveDate = new Date(this.#engine.clock.now());
    this.#trail.last = execution.history.length;
    this.#announce();
    this.#journal.record(this.#trail, 'ExecutionRedriven', { redriveCount: execution.redriveCount });
    this.#engine.transitioned(execution);
    this.#go();
  }

  end(status: Ending, how: { output?: string; error?: string; cause?: string } = {}): void {
    const { execution } = this;
    if (execution.status !== 'RUNNING') return;
    this.#scope.stop();
    this.#timer?.cancel();
    execution.status = status;
    execution.stopDate = new Date(this.#engine.clock.now());
    // An execution that timed out shows States.Timeout only in its history (floci issue 2733, recorded on AWS).
    if (status !== 'TIMED_OUT') Object.assign(execution, how);
    if (status === 'TIMED_OUT' || status === 'ABORTED') this.#trail.last = 0;
    this.#trail.path = {};
    this.#journal.close(this.#trail, EVENT[status], {
      ...how,
      ...(how.output !== undefined && { outputDetails: { truncated: false } }),
    });
    this.#announce();
  }

  #announce(): void {
    for (const listener of this.#engine.statusListeners) listener(this.execution);
  }

  #go(): void {
    const { clock } = this.#engine;
    const { TimeoutSeconds } = this.#machine.definition;
    if (TimeoutSeconds !== undefined)
      this.#timer = clock.at(clock.now() + TimeoutSeconds * 1000, () =>
        this.end('TIMED_OUT', { error: 'States.Timeout' }),
      );
    // This uses its own timer: the caller, perhaps a function, must neither wait for the execution nor be charged for its sleeps.
    clock.at(clock.now(), () => this.#runToEnd());
  }

  async #runToEnd(): Promise<void> {
    const branch = createBranch(this.#run, this.#scope, this.#position, this.#context(), this.#trail);
    try {
      const output = await runStates(this.#machine.definition, this.#input, branch);
      this.end('SUCCEEDED', { output: writtenText(output, branch) });
    } catch (error) {
      if (error instanceof Stopped) return;
      if (!(error instanceof StateError)) throw error;
      const { error: failed, reason } = error;
      this.end('FAILED', {
        ...(failed !== undefined && { error: failed }),
        ...(reason !== undefined && { cause: reason }),
      });
    }
  }

  /** The context object, which `$$` reads. */
  #context(): Json {
    const { arn, name, startDate, redriveCount, redriveDate } = this.execution;
    return {
      Execution: {
        Id: arn,
        Input: this.#input,
        StartTime: startDate.toISOString(),
        Name: name,
        RoleArn: this.#machine.roleArn,
        RedriveCount: redriveCount,
        ...(redriveDate && { RedriveTime: redriveDate.toISOString() }),
      },
      StateMachine: { Id: this.#machine.arn, Name: this.#machine.name },
    };
  }
}
