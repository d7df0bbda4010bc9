import type { Context } from 'aws-lambda';
import type { CalledWith } from '../../functions/cloud.ts';
import { lambda } from '../../functions/stage.ts';
import { eventFunctions, stages } from './handlers.ts';
import { createInvoke } from './interfered-functions.ts';
import type { Interference } from './interference.ts';

/** Calls a function of the pipeline by its name, through its real handler. */
export type CallFunction = (name: string, payload: unknown) => Promise<unknown>;

/** Loads all functions of the pipeline, and returns how to call one of them. */
export function createFunctions(context: CalledWith, interfere: Interference['invoke']): CallFunction {
  const invoke = createInvoke(interfere);
  const handlers = new Map([...stages, ...eventFunctions].map(([name, stage]) => [name, lambda(stage, () => context)]));
  return async (name, payload) => {
    const handler = handlers.get(name);
    if (!handler) throw new Error(`no function ${name}`);
    return invoke(name, payload, async (event) => handler(event, {} as Context, () => undefined));
  };
}
