import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Connection } from '../aws/connection.ts';
import { describeExecution, isAlive } from '../aws/executions.ts';
import { findMachine, lacksCredentials, startExecution } from '../aws/machines.ts';
import { Failure } from '../core/errors.ts';
import type { Terminal } from './terminal.ts';

/** Which pipeline is meant: as it was deployed. */
export interface DeploymentOptions {
  region: string;
  stage: string;
}

export type MachineName = 'build-image' | 'clean-up-build' | 'sweep';

/** How an execution ended. `output` is JSON. */
export interface Ended {
  status: string;
  output?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/** A deployed pipeline, or a simulated one. */
export interface Deployment {
  /** @returns ARN of the execution. */
  start(machine: MachineName, input: unknown): Promise<string>;
  /** Waits until an execution has ended. */
  ended(execution: string): Promise<Ended>;
}

/** The pipeline is not there, or AWS does not let us in: nothing was done. The message says what to do about it. */
export class Unreachable extends Error {}

/** @param surroundings Other ways to AWS and to wait, for tests. */
export function openDeployment(
  { region, stage }: DeploymentOptions,
  {
    aws = connect(region),
    now = () => Date.now(),
    wait = (seconds: number) => pause(seconds * 1000),
  }: { aws?: Connection; now?: () => number; wait?: (seconds: number) => Promise<unknown> } = {},
): Deployment {
  const nameOf = (machine: MachineName) => `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-${stage}-${machine}`;
  return {
    async start(machine, input) {
      try {
        const found = await findMachine(aws, nameOf(machine));
        if (found) return await startExecution(aws, found, `cli-${Math.floor(now())}`, input);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (!lacksCredentials(error)) throw new Unreachable(error.message, { cause: error });
        const how = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again';
        throw new Unreachable(`AWS has no valid credentials from here; ${how}\n${error.message}`, { cause: error });
      }
      throw new Unreachable(
        `there is no state machine ${nameOf(machine)} in ${region}; deploy the pipeline (npm run deploy), or say with --stage and --region which one is meant`,
      );
    },
    async ended(execution) {
      for (;;) {
        const seen = await describeExecution(aws, execution);
        const { status = 'UNKNOWN', output, error, cause } = seen ?? {};
        if (!isAlive(seen)) return { status, output, error, cause };
        await wait(2);
      }
    },
  };
}

/** Starts an execution and waits for its end, or says why there is none. */
export async function runToEnd(
  deployment: Deployment,
  machine: MachineName,
  input: unknown,
  terminal: Pick<Terminal, 'err'>,
): Promise<Ended | undefined> {
  try {
    const execution = await deployment.start(machine, input);
    terminal.err(`  ${execution}\n`);
    return await deployment.ended(execution);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    terminal.err(`${error.message}\n`);
    return undefined;
  }
}
