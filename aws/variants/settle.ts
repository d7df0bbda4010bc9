import type { Plan } from '../../core/build/plan.ts';
import { freeChannel } from '../channel/publishing.ts';
import { readLedger, writeLedger } from '../channels.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { abandonVariants } from './together.ts';

/**
 * Decides for a variant that is undone whether it is published. If every channel was written before it died, it is, and its ledger is
 * completed here. Otherwise no variant of its build is published any more.
 */
export async function settleVariant(artifacts: Artifacts, plan: Plan): Promise<void> {
  if (plan.variantOf === undefined) return;
  const read = await readLedger(artifacts, plan);
  if (read.known?.complete) return;
  const whole = { recipe: plan.variantOf, build: plan.build };
  const isPublished = await abandonVariants(artifacts, whole, `${plan.recipe} failed and is undone`);
  if (!isPublished || !read.known) return;
  await writeLedger(artifacts, plan, read, { ...read.known, complete: true });
  const { recipe, build, execution: id, startedAt } = plan;
  await freeChannel(artifacts, { plan, own: { recipe, build, execution: { id, startedAt } } });
}
