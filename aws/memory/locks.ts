import type { RunningBuild } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import {
  decideClaim,
  decideHold,
  refuseLost,
  tooLate,
  type CleaningUp,
  type LockName,
  type Owner,
} from '../../core/memory/ownership.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from './artifacts.ts';
import { readDocument, readVersioned, replace } from './documents.ts';
import { readPlan } from './plans.ts';

/**
 * Gives a recipe's lock and its build to an execution: see decideHold.
 * @throws RecipeBusy while another execution holds one of them, RecipeInvalid if the build was swept.
 */
export async function holdRecipe(artifacts: Artifacts, identity: BuildIdentity, execution: string): Promise<void> {
  await hold(artifacts, 'lock', identity, execution);
  await hold(artifacts, 'owner', identity, execution);
}

async function hold(artifacts: Artifacts, name: LockName, identity: BuildIdentity, execution: string): Promise<void> {
  const found = await readVersioned(artifacts, identity, name);
  const decision = await looking(artifacts.aws, (alive) =>
    decideHold(name, identity, execution, found?.content, alive),
  );
  if (decision === 'held') return;
  const mine = { execution, build: identity.build };
  if (!(await replace(artifacts, identity, name, mine, found ?? 'nothing'))) throw tooLate(name, identity);
}

/**
 * Reads the plan for an execution that is about to make or publish something, and checks that it still holds build and recipe. A
 * redriven execution skips Resolve: a clean-up may have taken its build, or another execution its recipe, for good. A clean-up
 * that takes the build over right after this check still sees everything the caller makes within its Lambda timeout.
 * @throws RecipeBusy if the execution no longer holds both.
 */
export async function readOwnPlan(artifacts: Artifacts, identity: RunningBuild): Promise<Plan> {
  const [plan, owner, lock] = await Promise.all([
    readPlan(artifacts, identity),
    readDocument(artifacts, identity, 'owner'),
    readDocument(artifacts, identity, 'lock'),
  ]);
  refuseLost(identity, identity.execution.id, { owner, lock });
  return plan;
}

/** The execution that is building a recipe now. */
export async function buildingExecution(artifacts: Artifacts, recipe: string): Promise<string | undefined> {
  const holder = await readDocument(artifacts, { recipe }, 'lock');
  return holder && (await isAlive(artifacts.aws, holder.execution)) ? holder.execution : undefined;
}

/** Claims a build for undoing: see decideClaim. */
export async function claimBuild(
  artifacts: Artifacts,
  identity: BuildIdentity,
  cleaningUp: CleaningUp,
): Promise<Owner> {
  const found = await readVersioned(artifacts, identity, 'owner');
  const decision = await looking(artifacts.aws, (alive) => decideClaim(cleaningUp, identity, found?.content, alive));
  if (typeof decision === 'string') return decision;
  if (await replace(artifacts, identity, 'owner', decision.take, found ?? 'nothing')) return 'ours';
  // Refused: somebody was faster, or the SDK retried a write that succeeded and whose answer was lost.
  const now = await readDocument(artifacts, identity, 'owner');
  return now?.execution === cleaningUp.as ? 'ours' : 'other';
}

/** Decides, after a look at the execution that the decision asks about, if it does. */
async function looking<Decision>(
  aws: Connection,
  decide: (alive?: boolean) => Decision | { ask: string },
): Promise<Decision> {
  let alive: boolean | undefined;
  for (;;) {
    const decision = decide(alive);
    if (!isAsk(decision)) return decision;
    alive = await isAlive(aws, decision.ask);
  }
}

const isAsk = (decision: unknown): decision is { ask: string } =>
  typeof decision === 'object' && decision !== null && 'ask' in decision;

// Loaded only if somebody else holds the lock, which is rare.
const isAlive = async (aws: Connection, execution: string): Promise<boolean> =>
  (await import('../executions/executions.ts')).isRunning(aws, execution);
