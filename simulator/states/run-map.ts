import type { Json, State, States } from './definition.ts';
import { RuntimeFailure, StateError } from './errors.ts';
import { fill, readPath } from './values/expression.ts';
import type { Branch, RunStates } from './branch.ts';
import { Stopped } from './values/scope.ts';

/** The largest number of iterations that an inline Map runs at once; MaxConcurrency 0 means this number, too. */
const INLINE_CONCURRENCY = 40;

/**
 * One attempt at an inline Map. Returns the iterations' outputs in the order of the items. The first unhandled failure stops the
 * rest and is thrown.
 */
export async function attemptMap(branch: Branch, state: State, input: Json, runStates: RunStates): Promise<Json> {
  const { run, trail, name } = branch;
  const surroundings = branch.surroundings(input);
  const items = state.ItemsPath === undefined ? input : readPath(state.ItemsPath, surroundings, 'ItemsPath');
  if (!Array.isArray(items))
    throw new RuntimeFailure(`Reference path "${state.ItemsPath ?? '$'}" must point to array.`);
  if (!branch.position.inner) run.journal.record(trail, 'MapStateStarted', { length: items.length });
  const started = trail.last;
  const selector = state.ItemSelector;
  const pathOf = (index: number) => ({ map: [...(trail.path.map ?? []), { state: name, index }] });
  const outputs = await together(
    branch,
    items.map((item, index) => async (inner) => {
      const map = { Item: { Index: index, Value: item } };
      inner.trail.last = started;
      const path = pathOf(index);
      inner.trail.path = path;
      inner.context = { ...(branch.context as object), Map: map };
      if (!inner.position.at) run.journal.record(inner.trail, 'MapIterationStarted', { name, index });
      const selected = () =>
        selector === undefined
          ? item
          : fill(selector, { ...surroundings, context: { ...(surroundings.context as object), Map: map } });
      try {
        const output = await runStates(state.ItemProcessor!, selected(), inner);
        inner.trail.path = path;
        trail.last = run.journal.record(inner.trail, 'MapIterationSucceeded', { name, index });
        return output;
      } catch (error) {
        const { last } = inner.trail;
        inner.trail.path = path;
        if (error instanceof StateError) run.journal.record(inner.trail, 'MapIterationFailed', { name, index });
        // MapStateFailed follows what failed, not the end of its iteration (recorded on AWS: localstack
        // tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json, test_map_state_break_condition).
        trail.last = inner.trail.last = last;
        throw error;
      }
    }),
    state.MaxConcurrency || INLINE_CONCURRENCY,
    (inner, index) => {
      inner.trail.path = pathOf(index);
      run.journal.record(inner.trail, 'MapIterationAborted', { name, index });
    },
  );
  run.journal.record(trail, 'MapStateSucceeded');
  return outputs;
}

/** One attempt at a Parallel: every branch gets a copy of the input. */
export async function attemptParallel(branch: Branch, state: State, input: Json, runStates: RunStates): Promise<Json> {
  const { run, trail } = branch;
  if (!branch.position.inner) run.journal.record(trail, 'ParallelStateStarted');
  const started = trail.last;
  const outputs = await together(
    branch,
    state.Branches!.map((states: States) => async (inner) => {
      inner.trail.last = started;
      try {
        const output = await runStates(states, input, inner);
        trail.last = inner.trail.last;
        return output;
      } catch (error) {
        trail.last = inner.trail.last;
        throw error;
      }
    }),
    Infinity,
  );
  // ParallelStateExited follows the last event of a branch (recorded on AWS: the same snapshots, test_parallel_state).
  const { last } = trail;
  run.journal.record(trail, 'ParallelStateSucceeded');
  trail.last = last;
  return outputs;
}

/**
 * Runs pieces of work in inner branches, a limited number at a time. The first failure stops all others and becomes the failure
 * of the whole. A redrive does not run finished pieces again.
 */
async function together(
  branch: Branch,
  pieces: ((inner: Branch) => Promise<Json>)[],
  atOnce: number,
  aborted?: (inner: Branch, index: number) => void,
): Promise<Json[]> {
  const scope = branch.scope.inner();
  const outputs: Json[] = [];
  const positions = (branch.position.inner ??= []);
  const open = new Map<number, Branch>();
  let failure: { error: unknown } | undefined;
  let next = 0;
  const abort = (cause: number) => abortAll(branch, open, cause, aborted);
  const worker = async () => {
    while (next < pieces.length && !failure) {
      const index = next++;
      const before = positions[index];
      if (before && 'output' in before) {
        outputs[index] = before.output;
        continue;
      }
      const position = before ?? {};
      positions[index] = position;
      const inner = branch.inner(scope.inner(), position);
      open.set(index, inner);
      try {
        const output = await pieces[index]!(inner);
        outputs[index] = output;
        positions[index] = { output };
        open.delete(index);
      } catch (error) {
        if (failure) return;
        failure = { error };
        open.delete(index);
        try {
          if (error instanceof StateError) abort(inner.trail.last);
        } finally {
          scope.stop();
        }
      }
    }
  };
  branch.abort = abort;
  await Promise.all(Array.from({ length: Math.min(atOnce, pieces.length) }, worker));
  delete branch.abort;
  if (failure) throw (failure as { error: unknown }).error;
  if (scope.stopped) throw new Stopped();
  scope.stop();
  return outputs;
}

/**
 * Records that pieces are stopped because of the event `cause`. AWS does not document the events of a stopped branch that has a
 * Map in it. Here each piece is told, from the inside out.
 */
function abortAll(
  { run }: Branch,
  open: ReadonlyMap<number, Branch>,
  cause: number,
  aborted?: (inner: Branch, index: number) => void,
): void {
  for (const [index, inner] of open) {
    inner.abort?.(cause);
    inner.trail.last = cause;
    const { current } = inner;
    if (current && ABORTABLE.has(current.Type)) {
      run.journal.record(inner.trail, `${current.Type}StateAborted`);
      inner.trail.last = cause;
    }
    aborted?.(inner, index);
  }
}

const ABORTABLE = new Set(['Task', 'Wait', 'Map', 'Parallel']);
