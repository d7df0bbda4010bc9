import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import {
  abandoned,
  behind,
  isPublished,
  saysAbandoned,
  advanced,
  type Together,
  type VariantProgress,
} from '../../core/variants/together.ts';
import { describeExecution, isAlive } from '../executions/executions.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace } from '../memory/documents.ts';

const attempts = 10;

/**
 * Changes the document of a build of several variants, even if others write at the same time. A change that returns the document it
 * was given writes nothing. Returns the document as it is now; undefined if there is none.
 * @throws AwsTransient if others are faster every time.
 */
async function change(
  artifacts: Artifacts,
  about: BuildIdentity,
  make: (together: Together) => Together,
): Promise<Together | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const found = await readVersioned(artifacts, about, 'variants');
    if (!found) return undefined;
    const changed = make(found.content);
    if (changed === found.content || (await replace(artifacts, about, 'variants', changed, found))) return changed;
  }
  throw new Failure('AwsTransient', `${keyOf(about, 'variants')} was changed by others ${attempts} times in a row`);
}

/** A variant of a build: `variantOf` is the recipe that has it. */
interface OfVariant extends BuildIdentity {
  variantOf?: string | undefined;
}

const wholeOf = ({ variantOf = '', build }: OfVariant): BuildIdentity => ({ recipe: variantOf, build });

/** Writes down how far a variant has come. @throws VariantFailed if no variant of the build is published. */
export async function reportVariant(
  artifacts: Artifacts,
  own: OfVariant,
  progress: VariantProgress,
  published?: { published: string },
): Promise<Together> {
  const about = wholeOf(own);
  const together = await change(artifacts, about, (known) => advanced(known, own.recipe, progress, published));
  if (!together) throw new Failure('StageInputInvalid', `there is no ${keyOf(about, 'variants')}`);
  if (together.abandoned !== undefined) throw new Failure('VariantFailed', saysAbandoned(together));
  return together;
}

/**
 * Writes down how far a variant has come, and looks whether the others have come as far. A variant whose execution has ended never
 * will, so the publish is given up for all.
 * @returns what it waits for. Undefined if all variants have come as far.
 * @throws VariantFailed if no variant of the build is published.
 */
export async function awaitOthers(
  artifacts: Artifacts,
  own: OfVariant,
  step: 'verified' | 'ready' | 'written',
): Promise<string | undefined> {
  const together = await reportVariant(artifacts, own, step);
  const missing = behind(together, step);
  for (const name of missing) {
    const execution = together.variants[name]?.execution ?? '';
    const seen = await describeExecution(artifacts.aws, execution);
    if (isAlive(seen)) continue;
    const error = seen?.error === undefined ? '' : ` (${seen.error})`;
    const because = `${name} ended as ${seen?.status ?? 'an execution that is gone'}${error}: ${execution}`;
    // It may have reported since the document was read, and then ended well.
    const now = await change(artifacts, wholeOf(own), (known) =>
      behind(known, step).includes(name) ? abandoned(known, because) : known,
    );
    if (now?.abandoned !== undefined) throw new Failure('VariantFailed', saysAbandoned(now));
  }
  return missing.length > 0 ? `waits until ${missing.join(', ')} is ${step}, to be published together` : undefined;
}

/** Gives the publish up for all variants of a build. @returns whether that comes too late, because they are published. */
export async function abandonVariants(artifacts: Artifacts, about: BuildIdentity, because: string): Promise<boolean> {
  const together = await change(artifacts, about, (known) => abandoned(known, because));
  return together !== undefined && isPublished(together);
}
