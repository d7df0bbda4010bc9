import type { Manifest } from '../../core/build/manifest.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { endOfVariants, type EndOfAll, type VariantEnd } from '../../core/variants/end.ts';
import { describeExecution, inputOf, isAlive } from '../executions/executions.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';

/**
 * Looks how the variants of a build have ended.
 * @returns how they ended, or which ones still run. @throws VariantFailed once all have ended and one has not ended well.
 */
export async function lookAtVariants(
  artifacts: Artifacts,
  about: BuildIdentity,
): Promise<{ waiting: string; ended?: never } | { ended: EndOfAll; waiting?: never }> {
  const together = await readDocument(artifacts, about, 'variants');
  if (!together) throw new Failure('StageInputInvalid', `there is no ${keyOf(about, 'variants')}`);
  const running: string[] = [];
  const ends: VariantEnd[] = [];
  for (const [recipe, { execution }] of Object.entries(together.variants)) {
    const seen = await describeExecution(artifacts.aws, execution);
    if (isAlive(seen)) running.push(recipe);
    else {
      const { status = 'GONE', output, error, cause } = seen ?? {};
      const message = failureMessage({ Error: error ?? status, Cause: cause });
      ends.push({
        recipe,
        execution,
        ended: status,
        ...(output !== undefined && { output }),
        error: error ?? status,
        message,
      });
    }
  }
  if (running.length > 0) return { waiting: `${running.join(', ')} ${running.length > 1 ? 'are' : 'is'} being built` };
  return { ended: endOfVariants(about, ends) };
}

/** The recipe whose variant an execution builds, by its input. Undefined for an execution that builds a recipe alone. */
const variantOfInput = (input: unknown): string | undefined => {
  const { variantOf } = (input ?? {}) as { variantOf?: unknown };
  return typeof variantOf === 'string' ? variantOf : undefined;
};

/**
 * Whether the end of a build is told with the build of all variants. That one waits for the variants, and so tells of all, unless it
 * was stopped itself.
 */
export async function isToldByWhole(
  artifacts: Artifacts,
  { executionArn, input }: { executionArn: string; input?: unknown },
  build: string,
): Promise<boolean> {
  // EventBridge leaves out a long input.
  const given: unknown = typeof input === 'string' ? JSON.parse(input) : await inputOf(artifacts.aws, executionArn);
  const recipe = variantOfInput(given);
  const together = recipe && (await readDocument(artifacts, { recipe, build }, 'variants'));
  const whole = together ? await describeExecution(artifacts.aws, together.execution) : undefined;
  return isAlive(whole) || whole?.status === 'SUCCEEDED' || whole?.error === 'VariantFailed';
}

/** The manifests of the builds of a build's variants, as far as they are written. Empty for a recipe without variants. */
export async function variantManifests(artifacts: Artifacts, whole: BuildIdentity): Promise<Manifest[]> {
  const together = await readDocument(artifacts, whole, 'variants');
  const read = Object.keys(together?.variants ?? {}).map((recipe) =>
    readDocument(artifacts, { recipe, build: whole.build }, 'manifest'),
  );
  return (await Promise.all(read)).filter((one) => one !== undefined);
}
