import type { Clock } from '../clock.ts';
import type { Execution } from './history.ts';
import type { Machine, Running } from './execution.ts';
import type { Tokens } from './tokens.ts';

/** The data of the API actions. */
export interface Registry {
  clock: Clock;
  tokens: Tokens;
  machines: Map<string, Machine>;
  executions: Map<string, Running>;
  start: (machine: Machine, name: string, input: string) => Execution;
}
