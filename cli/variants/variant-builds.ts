// What `golden` shows of a recipe with variants, whose builds run side by side.
import { historyReader, type ExecutionEvent } from '../../aws/executions/execution-history.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { eventPaths, type EventPath } from '../../core/build/event-paths.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Pipeline } from '../deployed/deployment.ts';

interface VariantEvent {
  event: ExecutionEvent;
  path: EventPath;
  /** The variant. */
  who: string;
}

const executionsOf = async (pipeline: Pipeline, whole: BuildIdentity): Promise<[name: string, execution: string][]> =>
  Object.entries((await readDocument(pipeline, whole, 'variants'))?.variants ?? {}).map(([name, { execution }]) => [
    name,
    execution,
  ]);

/** Returns a function that reads what is new in the histories of the variants of a build. */
export async function variantEvents(pipeline: Pipeline, whole: BuildIdentity): Promise<() => Promise<VariantEvent[]>> {
  const readers = (await executionsOf(pipeline, whole)).map(([name, execution]) => ({
    who: name.slice(whole.recipe.length + 1),
    read: historyReader(pipeline.aws, execution),
    pathOf: eventPaths(),
  }));
  return async () => {
    const all: VariantEvent[] = [];
    for (const { who, read, pathOf } of readers)
      for (const event of await read()) all.push({ event, path: pathOf(event), who });
    return all;
  };
}
