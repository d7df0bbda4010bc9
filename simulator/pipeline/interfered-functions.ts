import type { FunctionRun } from '../aws/calls/actions.ts';
import type { Clock } from '../clock.ts';
import type { Interference } from './interference.ts';
import type { StepFunctions } from '../states/step-functions.ts';

type Work = (run: FunctionRun) => Promise<unknown>;

/** Runs functions normally, or as a test decides. */
export function createInvoke(
  interfere: Interference['invoke'],
): (name: string, payload: unknown, clock: Clock, work: Work) => Promise<unknown> {
  const attempts = new Map<string, number>();
  return async (name, payload, clock, work) => {
    const self: FunctionRun = { name, payload, clock };
    const run = () => work(self);
    if (!interfere) return run();
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    let running = 0;
    const watched = () => {
      running++;
      const result = run();
      const ended = () => void running--;
      result.then(ended, ended); // a killed run fails unheard
      return result;
    };
    try {
      return await interfere(name, attempt, watched, payload, clock);
    } finally {
      if (running > 0) self.killed = true;
    }
  };
}

/** Ends executions when they enter a state, if a test says so. */
export function endAtEntry(
  stepFunctions: StepFunctions,
  now: (work: () => void) => void,
  enter: Interference['enter'],
): void {
  if (!enter) return;
  const visits = new Map<string, number>();
  stepFunctions.onEvent((execution, { type, stateEnteredEventDetails }, path) => {
    if (!type.endsWith('StateEntered')) return;
    const state = String(stateEnteredEventDetails?.['name']);
    const visit = (visits.get(state) ?? 0) + 1;
    visits.set(state, visit);
    const end = enter(state, visit, { execution, path });
    // This is done in a later step, because the event is still being written.
    if (end) now(() => stepFunctions.end(execution.arn, end));
  });
}
