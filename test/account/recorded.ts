// What simulated builds did: which input each Task was entered with and what came of it, and every call with the function
// that made it.
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Json } from '../../simulator/states/definition.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import type { SeenCall } from '../support/roles/authorized-on.ts';
import type { DeploymentPlace } from '../support/roles/iam.ts';
import { deploymentPlaceOf, type PermissionRun } from '../support/roles/permission-runs.ts';
import { allMachines } from '../support/machines.ts';

export interface Visit {
  input: Json;
  /** What the task answered: Lambda's envelope, or what its token was answered with. */
  result: Json;
}

export interface Recorded {
  /** By `machine state`, the first visit that went well. */
  visits: Map<string, Visit>;
  runs: { calls: SeenCall[]; place: DeploymentPlace }[];
}

function executionsOf({ stepFunctions, stateMachineArn }: Simulation): [machine: string, Execution][] {
  return allMachines.flatMap((machine) => {
    const arn = stateMachineArn.replace(/build-image$/, machine);
    const [, , , region = '', account = ''] = arn.split(':');
    const { executions } = stepFunctions.actions['ListExecutions']!(
      { stateMachineArn: arn, maxResults: 1000 },
      { account, region },
    ) as unknown as { executions: { executionArn: string }[] };
    return executions.map(({ executionArn }): [string, Execution] => [machine, stepFunctions.execution(executionArn)]);
  });
}

/** @returns the visits to Tasks that were left by themselves, by name. */
function* visitsIn({ history }: Execution): Generator<[string, Visit]> {
  const events = new Map(history.map((event) => [event.id, event]));
  for (const exited of history) {
    if (exited.type !== 'TaskStateExited') continue;
    let result: Json | undefined;
    for (let event = events.get(exited.previousEventId); event; event = events.get(event.previousEventId)) {
      if (event.type === 'TaskSucceeded')
        result ??= JSON.parse(String(event['taskSucceededEventDetails']?.['output'])) as Json;
      if (event.type !== 'TaskStateEntered') continue;
      const { name, input } = event.stateEnteredEventDetails as { name: string; input: string };
      if (result !== undefined) yield [name, { input: JSON.parse(input) as Json, result }];
      break;
    }
  }
}

export async function record(runs: PermissionRun[]): Promise<Recorded> {
  const simulations: Simulation[] = [];
  for (const { simulation: start } of runs) simulations.push((await start())[0]);
  return recordedIn(simulations);
}

export function recordedIn(simulations: Simulation[]): Recorded {
  const recorded: Recorded = { visits: new Map(), runs: [] };
  for (const simulation of simulations) {
    // What a role of another account is asked with is allowed by that role: test/infrastructure has the template of that role.
    const calls = simulation.cloud.calls.filter(({ role }) => role === undefined);
    recorded.runs.push({ calls, place: deploymentPlaceOf(simulation) });
    for (const [machine, execution] of executionsOf(simulation))
      for (const [name, visit] of visitsIn(execution))
        if (!recorded.visits.has(`${machine} ${name}`)) recorded.visits.set(`${machine} ${name}`, visit);
  }
  return recorded;
}
