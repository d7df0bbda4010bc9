import type { OfVariant } from '../../core/build/identity.ts';
import { Failure } from '../../core/errors.ts';
import { refuse, refuseAny } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { Requested } from '../../core/start/execution-input.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { loneVariant } from '../../core/variants/names.ts';
import { saysAbandoned } from '../../core/variants/together.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';

/**
 * Checks that a variant is built with the others: its execution must be the one that was started for it, because nobody else may
 * publish in its name. Other recipes pass.
 * @throws RecipeInvalid if it is built alone, VariantFailed if another variant has failed before this one began.
 */
export async function joinVariants(
  artifacts: Artifacts,
  requested: Requested,
  execution: string,
  catalog: Catalog,
): Promise<void> {
  refuseAny(loneVariant(requested, catalog));
  const { recipe, build, variantOf } = requested.identity;
  if (variantOf === undefined) return;
  const together = await readDocument(artifacts, { recipe: variantOf, build }, 'variants');
  if (together?.variants[recipe]?.execution !== execution) {
    const message = `is set by the pipeline only: to build ${recipe}, start ${variantOf}`;
    return refuse([{ path: ['variantOf'], message }]);
  }
  if (together.abandoned !== undefined) throw new Failure('VariantFailed', saysAbandoned(together));
}

/** Tells the other variants that this one has nothing to build, so that they do not wait for it. */
export async function tellUpToDate(
  artifacts: Artifacts,
  build: BuildIdentity & OfVariant,
  published: string,
): Promise<void> {
  if (build.variantOf === undefined) return;
  const { reportVariant } = await import('./together.ts');
  await reportVariant(artifacts, build, 'up-to-date', { published });
}
