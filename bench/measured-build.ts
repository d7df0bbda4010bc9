import type { RecordedCall } from '../simulator/aws/calls/attach.ts';
import { createSimulation, type Simulation } from '../simulator/pipeline/simulation.ts';
import type { SimulationOptions } from '../simulator/pipeline/simulation-options.ts';
import type { Execution } from '../simulator/states/step-functions.ts';
import { overlappedBound } from './bound.ts';
import type { BenchCase } from './cases.ts';
import { orchestrationCost } from './orchestration-cost.ts';

/** The figures of one build. */
export interface Figures {
  published: number;
  bound: number;
  transitions: number;
  historyEvents: number;
  /** Invocations of tasks, and of `wake`. */
  tasks: number;
  wakes: number;
  ec2Calls: Map<string, number>;
  /** Reads of S3 by looks at AWS. The wait that `wake` reads is not counted. */
  s3ReadsOfLooks: number;
  /** US dollars. */
  cost: number;
}

/** A pipeline in which one build after the other is measured. */
interface Bench {
  simulation: Simulation;
  build(): Promise<{ execution: Execution; figures: Figures }>;
}

interface Invocation {
  stage: string;
  seconds: number;
}

/** @param situation What differs from a pipeline whose events all arrive, but for those of the target regions. */
export function createBench(
  { catalog, recipe, delays }: BenchCase,
  { scenario, ...options }: Partial<Pick<SimulationOptions, 'scenario' | 'regionStacks'>> = {},
): Bench {
  const invocations: Invocation[] = [];
  const simulation = createSimulation({
    catalog,
    ...options,
    scenario: { delays, ...(scenario as object | undefined) },
    interfere: {
      async invoke(stage, _attempt, run) {
        const began = simulation.clock.now();
        try {
          return await run();
        } finally {
          invocations.push({ stage, seconds: (simulation.clock.now() - began) / 1000 });
        }
      },
    },
  });
  return {
    simulation,
    async build() {
      const { calls, delaysDrawn } = simulation.cloud;
      const before = { calls: calls.length, drawn: delaysDrawn.length, invocations: invocations.length };
      const execution = await simulation.finish(simulation.start({ recipe, force: true }));
      const of = { calls: calls.slice(before.calls), invocations: invocations.slice(before.invocations) };
      const bound = overlappedBound(delaysDrawn.slice(before.drawn));
      const transitions = simulation.stepFunctions.stateTransitions(execution.arn);
      return { execution, figures: figuresOf(execution, { ...of, bound, transitions }) };
    },
  };
}

const looking = /^(Await\w+|Seal|Wake)$/;

function figuresOf(
  execution: Execution,
  run: { calls: RecordedCall[]; invocations: Invocation[]; bound: number; transitions: number },
): Figures {
  const { calls, invocations, bound, transitions } = run;
  const wakes = invocations.filter(({ stage }) => stage === 'Wake').length;
  const gets = calls.filter(({ service, action }) => service === 's3' && action === 'GetObject');
  // S3 charges nothing for deletions.
  const puts = calls.filter(({ service, action }) => service === 's3' && !/^(Get|Delete)Object$/.test(action)).length;
  const ec2Calls = new Map<string, number>();
  for (const { service, by = 'nobody' } of calls) if (service === 'ec2') ec2Calls.set(by, (ec2Calls.get(by) ?? 0) + 1);
  return {
    published: secondsToPublished(execution),
    bound,
    transitions,
    historyEvents: execution.history.length,
    tasks: invocations.length - wakes,
    wakes,
    ec2Calls,
    s3ReadsOfLooks: gets.filter(({ by = '' }) => looking.test(by)).length - wakes,
    cost: orchestrationCost({
      transitions,
      invocations: invocations.length,
      seconds: invocations.reduce((sum, { seconds }) => sum + seconds, 0),
      gets: gets.length,
      puts,
    }),
  };
}

/** From the start of an execution until Publish is left. NaN if the build was not published. */
export function secondsToPublished({ history, startDate }: Execution): number {
  const published = history.find(
    ({ type, stateExitedEventDetails }) =>
      type === 'TaskStateExited' && (stateExitedEventDetails as { name?: string } | undefined)?.name === 'Publish',
  );
  return published ? (published.timestamp.getTime() - startDate.getTime()) / 1000 : Number.NaN;
}
