import { allFunctions, type FunctionInTree } from '../../functions/all.ts';
import type { Stage } from '../../functions/stage.ts';

const byName = (functions: readonly FunctionInTree[]): ReadonlyMap<string, Stage<never>> =>
  new Map(functions.map(({ stage }) => [stage.name, stage]));

/** Every stage of the pipeline, by the name of its state. */
export const stages = byName(allFunctions.filter(({ byEvents }) => !byEvents));

/** The functions that events and schedules call, by name. */
export const eventFunctions = byName(allFunctions.filter(({ byEvents }) => byEvents));
