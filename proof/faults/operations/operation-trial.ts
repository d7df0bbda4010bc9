import type { Action } from '../../../simulator/aws/calls/actions.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import { pipelineAccount, pipelineHome, pipelineWithPast, regionsOf, shapeOf } from '../setting.ts';
import { createStriking, isOf, type Striking } from '../strikes.ts';
import { settle, type Trial } from '../trial.ts';
import { isStop, machineOf, type FaultScenario } from '../vocabulary.ts';
import { documentsOf, factsOf } from './facts.ts';
import type { OperationRow, OperationTrial, Prepared } from './operation.ts';
import { operationOf } from './operations.ts';
import { wasEnded } from './told.ts';

type Around = Prepared & Pick<OperationTrial, 'executions' | 'logs'> & { striking: Striking };

/** Builds what the operation works on, without faults. */
async function buildBefore(scenario: FaultScenario, { builds: recipesInTurn }: OperationRow): Promise<Around> {
  const logs: Around['logs'] = [];
  const striking = createStriking(scenario, () => undefined);
  const past = pipelineWithPast(scenario, striking.interference, (line) => void logs.push(line));
  const { simulation } = past;
  const executions = executionsOf(simulation);
  const builds: Prepared['builds'] = [];
  for (const recipe of recipesInTurn) {
    const { status, output = '{}', cause } = await simulation.finish(simulation.start({ recipe, force: true }));
    if (status !== 'SUCCEEDED') throw new Error(`the build before the operation ended as ${status}: ${cause}`);
    builds.push(JSON.parse(output) as Prepared['builds'][number]);
    await simulation.pass(3600);
  }
  return { ...past, builds, executions, logs, striking };
}

function executionsOf({ stepFunctions }: Simulation): Execution[] {
  const executions: Execution[] = [];
  stepFunctions.onStatusChange((execution) => {
    if (!executions.includes(execution)) executions.push(execution);
  });
  return executions;
}

/** Goes on after a struck build. */
function after({ simulation, recipes, earlier, build, executions, logs, striking }: Trial): Around {
  striking.pause();
  const builds = [...earlier, build].filter(Boolean).map((id) => ({ recipe: 'base', build: id }));
  return { simulation, recipes, builds, executions, logs, striking };
}

/** Runs an operation, with its faults and what somebody does afterwards, until nothing runs any more. */
export async function runOperation(scenario: FaultScenario, build?: Trial): Promise<OperationTrial> {
  const operation = operationOf(scenario);
  const around = build ? after(build) : await buildBefore(scenario, operation);
  const { simulation, executions, striking, logs } = around;
  await operation.prepare?.(around, scenario);
  const input = operation.input(around);
  const planned = operation.hasPlan ? await planOf(simulation, operation, input) : undefined;
  executions.length = 0;
  const regions = regionsOf(shapeOf(scenario));
  const before = factsOf(simulation, regions);
  const documentsBefore = documentsOf(simulation);
  const callsBefore = simulation.cloud.calls.length;
  striking.begin(simulation, executions);

  const first = await simulation.finish(operation.start(simulation, input));
  const repeat = () => simulation.finish(operation.start(simulation, againInput(input, planned)));
  const { again } = scenario;
  const died = first.status !== 'SUCCEEDED';
  let second = again === 'at once' && died ? await repeat() : undefined;
  // An execution that is ended by the first strike is undone by another one, which the second strike ends.
  const [struckFirst, struckThen] = scenario.strikes.filter(({ place }) => machineOf(place) === operation.machine);
  const isUndoEnded =
    struckFirst !== undefined && struckThen !== undefined && isStop(struckFirst) && isStop(struckThen);
  if (again === 'redrive' && !isUndoEnded) await redrive(simulation, first);
  await settle(simulation, executions);
  if (again === 'redrive' && isUndoEnded) await redrive(simulation, executions.findLast(wasEnded) ?? first);
  if (again === 'clean-up') await repeatUndo(simulation, executions, operation);
  if (again === 'later' && died) second = await repeat();
  await settle(simulation, executions);
  return {
    scenario,
    prepared: around,
    planned,
    isRefused: operation.hasPlan && planned === undefined,
    first,
    second,
    executions: [...executions],
    before,
    after: factsOf(simulation, regions),
    documentsBefore,
    documents: documentsOf(simulation),
    callsBefore,
    observed: striking.observed,
    struck: striking.struck,
    logs,
  };
}

async function redrive(simulation: Simulation, dead: Execution): Promise<void> {
  if (!wasEnded(dead)) return;
  simulation.redrive(dead.arn);
  await simulation.finish(dead.arn);
}

async function planOf(simulation: Simulation, { start }: OperationRow, input: object) {
  const { status, output = '{}' } = await simulation.finish(start(simulation, { ...input, plan: true }));
  return status === 'SUCCEEDED' ? (JSON.parse(output) as Record<string, unknown>) : undefined;
}

/** The same input. It names the build, since a rollback that names none would go back once more. */
function againInput(input: Record<string, unknown>, planned: Record<string, unknown> | undefined) {
  const [move] = (planned?.['moves'] ?? []) as { move: { to: { build: string } } }[];
  const { build } = (planned?.['whole'] as { build?: string } | undefined) ?? move?.move.to ?? {};
  return { ...(build !== undefined && input['verb'] !== 'revoke' && { build }), ...input };
}

/** Acts as a person would: starts an execution with the input of the undoing that did not finish. */
async function repeatUndo(simulation: Simulation, executions: Execution[], { machine }: OperationRow) {
  const dead = executions.find((one) => isOf(one, machine) && wasEnded(one) && one.input?.includes('executionArn'));
  if (!dead) return;
  const request = { stateMachineArn: dead.stateMachineArn, name: 'again', input: dead.input };
  const place = { account: pipelineAccount, region: pipelineHome };
  const { executionArn } = (simulation.stepFunctions.actions['StartExecution'] as Action)(request, place) as {
    executionArn: string;
  };
  await simulation.finish(executionArn);
}
