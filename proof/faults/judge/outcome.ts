import type { Violation } from './violation.ts';
import { judge } from './judge.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import { runOperation } from '../operations/operation-trial.ts';
import { operationOf } from '../operations/operations.ts';
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
    const build = scenario.operation === undefined || scenario.follows ? await runTrial(scenario) : undefined;
    const wrong = build ? judge(build) : [];
    const operated = scenario.operation === undefined ? undefined : await runOperation(scenario, build);
    if (operated) wrong.push(...operationOf(scenario).judge(operated));
    const { struck } = (operated ?? build) as Pick<Trial, 'struck'>;
    const idle = mustStrike ? scenario.strikes.filter((strike) => !struck.has(strike)) : [];
    const violations = idle.map(({ place, fault }): Violation => ({
      invariant: 'struck',
      what: `${place} ${fault} never came about`,
    }));
    return {
      violations: [...violations, ...wrong],
      status: build?.manifest?.status ?? (operated?.first ?? build?.executions[0])?.status.toLowerCase() ?? 'broken',
      struck: struck.size,
      milliseconds: took(),
      story: [...(build ? storyOf(build) : []), ...(operated ? operated.executions.flatMap(executionLine) : [])],
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

const executionLine = ({ name, stateMachineArn, status, error, cause, output }: Execution): string =>
  [`${stateMachineArn.split(':').at(-1)} ${name}: ${status}`, error, cause, output].filter(Boolean).join('\n    ');

function storyOf({ executions, manifest, simulation }: Trial): string[] {
  const hours = ((simulation.clock.now() - (executions[0]?.startDate.getTime() ?? 0)) / 3_600_000).toFixed(1);
  return [
    ...executions.map(executionLine),
    `manifest: ${manifest?.status} ${JSON.stringify({ ...manifest?.failure, undone: undefined }, null, 2)}`,
    ...(manifest?.targets ?? []).map(({ region, status, ami, error }) => `  ${region} ${status} ${ami} ${error ?? ''}`),
    `${hours} h of virtual time`,
  ];
}
