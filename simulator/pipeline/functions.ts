import type { Context } from 'aws-lambda';
import type { CalledWith } from '../../functions/cloud.ts';
import { lambda } from '../../functions/stage.ts';
import type { FunctionRun } from '../aws/calls/actions.ts';
import type { Clock } from '../clock.ts';
import { eventFunctions, stages } from './handlers.ts';
import { createInvoke } from './interfered-functions.ts';
import type { Interference } from './interference.ts';

/** Calls a function of the pipeline by its name, through its real handler. The function waits on `clock`. */
export type CallFunction = (name: string, payload: unknown, clock: Clock) => Promise<unknown>;

/** Loads all functions of the pipeline, and returns how to call one of them. */
export function createFunctions(
  contextOf: (run: FunctionRun) => CalledWith,
  interfere: Interference['invoke'],
): CallFunction {
  const invoke = createInvoke(interfere);
  const functions = new Map([...stages, ...eventFunctions]);
  return async (name, payload, clock) => {
    const stage = functions.get(name);
    if (!stage) throw new Error(`no function ${name}`);
    return invoke(name, payload, clock, async (run) =>
      lambda(stage, () => contextOf(run))(payload, {} as Context, () => undefined),
    );
  };
}
