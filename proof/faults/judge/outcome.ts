import type { Violation } from './violation.ts';
import { judge } from './judge.ts';
import { runTrial, type Trial } from '../trial.ts';
import type { FaultScenario } from '../vocabulary.ts';

/** The result of a scenario, as plain data that can be sent between processes. */
export interface Outcome {
  violations: Violation[];
  /** The result of the build, and the number of faults that struck it. */
  status: string;
  struck: number;
  /** Real milliseconds it took. */
  milliseconds: number;
  /** The end of each execution and the manifest's status, for a reader. */
  story: string[];
}

/** Runs a scenario and judges it. An error of the simulation counts as a violation. */
export async function runScenario(scenario: FaultScenario, mustStrike = true): Promise<Outcome> {
  const began = performance.now();
  const took = () => Math.round(performance.now() - began);
  try {
    const trial = await runTrial(scenario);
    const idle = mustStrike ? scenario.strikes.filter((strike) => !trial.struck.has(strike)) : [];
    const violations = idle.map(({ place, fault }): Violation => ({
      invariant: 'struck',
      what: `${place} ${fault} never came about`,
    }));
    return {
      violations: [...violations, ...judge(trial)],
      status: trial.manifest?.status ?? trial.executions[0]?.status.toLowerCase() ?? 'broken',
      struck: trial.struck.size,
      milliseconds: took(),
      story: storyOf(trial),
    };
  } catch (error) {
    return brokenOff(`the simulation broke: ${(error as Error).stack}`, took());
  }
}

/** The report on a scenario that did not reach its end. */
export const brokenOff = (what: string, milliseconds: number): Outcome => ({
  violations: [{ invariant: 'ends', what }],
  status: 'broken',
  struck: 0,
  milliseconds,
  story: [],
});

function storyOf({ executions, manifest, simulation }: Trial): string[] {
  const hours = ((simulation.clock.now() - (executions[0]?.startDate.getTime() ?? 0)) / 3_600_000).toFixed(1);
  return [
    ...executions.map(({ name, stateMachineArn, status, error, cause, output }) =>
      [`${stateMachineArn.split(':').at(-1)} ${name}: ${status}`, error, cause, output].filter(Boolean).join('\n    '),
    ),
    `manifest: ${manifest?.status} ${JSON.stringify({ ...manifest?.failure, undone: undefined }, null, 2)}`,
    ...(manifest?.targets ?? []).map(({ region, status, ami, error }) => `  ${region} ${status} ${ami} ${error ?? ''}`),
    `${hours} h of virtual time`,
  ];
}
