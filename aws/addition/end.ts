import type { Plan } from '../../core/build/plan.ts';
import type { AdditionEnd, AdditionResults } from '../../core/addition/plan.ts';
import { recordAddition } from '../memory/added-targets.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { recordManifest } from '../work/tell-published.ts';

/** Writes down which targets a published build has got, and tells EventBridge. @param last Whether EventBridge is not asked again. */
export async function endAddition(
  artifacts: Artifacts,
  plan: Plan,
  results: AdditionResults,
  end: AdditionEnd,
  last: boolean,
): Promise<{ waiting: string } | { done: { recipe: string; build: string; status: 'published'; left: number } }> {
  await recordAddition(artifacts, plan, results, end);
  const { recipe, build } = plan;
  const done = { recipe, build, status: 'published' as const, left: end.left.length };
  const manifest = await readDocument(artifacts, plan, 'manifest');
  const told = manifest && (await recordManifest(artifacts, manifest, plan.adds?.execution ?? '', last));
  return told && 'waiting' in told ? told : { done };
}
