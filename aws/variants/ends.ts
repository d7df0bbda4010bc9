import type { BuildIdentity } from '../../core/tags.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { endOfVariants, type EndOfAll, type VariantEnd } from '../../core/variants/end.ts';
import { describeExecution, isAlive } from '../executions/executions.ts';
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
