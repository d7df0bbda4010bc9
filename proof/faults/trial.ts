import { claimedIdentity } from '../../core/build/identity-from-input.ts';
import type { ChannelLedger } from '../../core/distribute/channel.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Action } from '../../simulator/aws/calls/actions.ts';
import type { InterferedCall } from '../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { presentIn, type AccountState } from './account-state.ts';
import { unreadyTargets } from './ready.ts';
import {
  narrowRecipe,
  pipelineAccount,
  pipelineHome,
  pipelineWithPast,
  regionsOf,
  shapeOf,
  startInput,
} from './setting.ts';
import type { Observed } from './places.ts';
import { createStriking, isOf, type Striking } from './strikes.ts';
import { isStop, machineOf, type FaultScenario, type Strike } from './vocabulary.ts';

/** The result of a scenario. */
export interface Trial {
  scenario: FaultScenario;
  simulation: Simulation;
  /** Executions of both machines, in the order of their starts. */
  executions: Execution[];
  build: string;
  plan: boolean;
  manifest: Manifest | undefined;
  ledger: ChannelLedger | undefined;
  before: AccountState;
  after: AccountState;
  observed: Map<string, Observed>;
  struck: Set<Strike>;
  /** Targets that were not right yet when a channel was moved, in words. */
  premature: string[];
  /** The lines that functions logged. */
  logs: Record<string, unknown>[];
  /** The deployed recipes, and the builds that were published before without faults. */
  recipes: Record<string, object>;
  earlier: string[];
  striking: Striking;
}

const day = 24 * 3600;
// The longest run of an execution of build-image, plus that of its clean-up.
const longest = 8 * day;

/** Runs a scenario until nothing runs any more. */
export async function runTrial(scenario: FaultScenario): Promise<Trial> {
  const regions = regionsOf(shapeOf(scenario));
  const executions: Execution[] = [];
  const premature: string[] = [];
  const logs: Record<string, unknown>[] = [];
  const watch = ({ by, action }: InterferedCall) => {
    if (by === 'Publish' && action === 'PutParameter') premature.push(...unreadyTargets(simulation, scenario, old));
  };
  const old = new Set<string>();
  const striking = createStriking(scenario, watch);
  const { simulation, recipes } = pipelineWithPast(scenario, striking.interference, (line) => void logs.push(line));
  simulation.stepFunctions.onStatusChange((execution) => {
    if (!executions.includes(execution)) executions.push(execution);
  });
  const distributed = scenario.distributes ? await publishNarrow(simulation, recipes, scenario) : undefined;
  const earlier = scenario.upToDate || scenario.follows ? [await publishBefore(simulation, day)] : [];
  executions.length = 0;
  striking.begin(simulation, executions);
  const before = presentIn(simulation, regions);
  if (scenario.follows) for (const id of before.things.keys()) old.add(id);
  const input = { ...startInput(scenario), ...(distributed && { build: distributed, distribute: {} }) };

  const first = await simulation.finish(simulation.start(input));
  const build = claimedIdentity(input, { id: first.arn, startedAt: first.startDate.toISOString() })?.build ?? '';
  await react(scenario, { simulation, executions, first }, { ...input, build });
  const identity = { recipe: 'base', build };
  return {
    scenario,
    simulation,
    executions,
    build,
    plan: simulation.read(identity, 'plan') !== undefined,
    manifest: simulation.read(identity, 'manifest'),
    ledger: simulation.read(identity, 'ledger'),
    before,
    after: presentIn(simulation, regions),
    observed: striking.observed,
    struck: striking.struck,
    premature,
    logs,
    recipes,
    earlier,
    striking,
  };
}

interface Begun {
  simulation: Simulation;
  executions: Execution[];
  first: Execution;
}

/** What somebody does after the build has ended, until nothing runs any more. */
async function react({ again, strikes }: FaultScenario, begun: Begun, input: object): Promise<void> {
  const { simulation, executions, first } = begun;
  const died = first.status !== 'SUCCEEDED';
  if (again === 'at once' && died) await simulation.finish(simulation.start(input));
  // A build that lives again leaves its clean-up less to do, so the call at which somebody ends the clean-up might never come.
  const isCleanUpEnded = strikes.some((one) => isStop(one) && machineOf(one.place) === 'clean-up-build');
  if (again === 'redrive' && !isCleanUpEnded) await redriveDead(simulation, executions, 'build-image');
  await settle(simulation, executions);
  if (again === 'redrive') await redriveDead(simulation, executions, 'clean-up-build');
  if (again === 'later' && died) await simulation.finish(simulation.start(input));
  if (again === 'clean-up') repeatCleanUp(simulation, executions);
  if (again === 'sweep') await sweepDaily(simulation);
  await settle(simulation, executions);
}

/** Publishes a build without faults. @returns the build. */
async function publishBefore(simulation: Simulation, seconds: number): Promise<string> {
  const { output = '{}' } = await simulation.finish(simulation.start({ recipe: 'base' }));
  await simulation.pass(seconds);
  return (JSON.parse(output) as { build: string }).build;
}

/** Publishes a build before further targets come to its recipe. @returns the build. */
async function publishNarrow(
  simulation: Simulation,
  recipes: Record<string, object>,
  scenario: FaultScenario,
): Promise<string> {
  const { base: whole = {} } = recipes;
  recipes['base'] = narrowRecipe(scenario);
  const build = await publishBefore(simulation, 3600);
  recipes['base'] = whole;
  return build;
}

/** Lets time pass until all executions have ended, plus half an hour in which events can start others. */
export async function settle(simulation: Simulation, executions: Execution[]): Promise<void> {
  const { clock } = simulation;
  const until = clock.now() + longest * 1000;
  do await simulation.pass(1800);
  while (executions.some(({ status }) => status === 'RUNNING') && clock.now() < until);
}

async function redriveDead(simulation: Simulation, executions: Execution[], machine: string): Promise<void> {
  const dead = executions.findLast((one) => isOf(one, machine));
  if (!dead || dead.status === 'SUCCEEDED' || dead.status === 'RUNNING') return;
  simulation.redrive(dead.arn);
  await simulation.finish(dead.arn);
}

/** Acts as a person would: starts a new execution with the input of the clean-up that did not finish. */
function repeatCleanUp({ stepFunctions }: Simulation, executions: Execution[]): void {
  const dead = executions.findLast((one) => isOf(one, 'clean-up-build') && one.status !== 'SUCCEEDED');
  if (!dead) return;
  const request = { stateMachineArn: dead.stateMachineArn, name: 'again', input: dead.input };
  (stepFunctions.actions['StartExecution'] as Action)(request, { account: pipelineAccount, region: pipelineHome });
}

/** After a week, no resource of a build is needed. An AMI and its snapshots go in two steps, so one sweep is not enough. */
async function sweepDaily(simulation: Simulation): Promise<void> {
  await simulation.pass(8.5 * day);
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    await simulation.finish(simulation.sweep());
    await simulation.pass(day);
  }
}
