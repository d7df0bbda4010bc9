import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import type { ExecutionReference } from '../../core/build/identity.ts';
import { workOf } from '../../core/start/work.ts';
import type { AdditionReport } from '../../core/addition/report.ts';
import { holdRecipe } from '../memory/locks.ts';
import { readDocument, write } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';
import type { Asked } from './facts.ts';
import { recordAddition, recordEarlierAddition } from '../memory/added-targets.ts';
import { resolveAddition, type AdditionSetting } from './resolve.ts';

/**
 * Begins to take the image of a published build to further targets: what Resolve hands on instead of a build's work. `told` ends
 * the execution, because it only plans, or because no image is missing.
 */
export async function beginAddition(
  cloud: AdditionSetting,
  asked: Asked,
  execution: ExecutionReference,
): Promise<object> {
  const { identity } = asked;
  const build = { ...identity, execution };
  const { plan: adding, adds, report, image } = await resolveAddition(cloud, asked, execution);
  const told = (end: AdditionReport) => ({ build, upToDate: { is: false }, told: end });
  if (report.planOnly) return told(report);
  for (const note of report.notes) cloud.log({ level: 'WARN', state: 'Resolve', ...identity, note });
  await holdRecipe(cloud, identity, execution.id);
  // The plan is another one then.
  if (await recordEarlierAddition(cloud, identity, execution.id)) return beginAddition(cloud, asked, execution);
  const stacks = await readDocument(cloud, {}, 'regionStacks');
  const kept = stacks ? { ...adding, told: stacks.regions } : adding;
  const plan = planOfExecution(kept, execution.id);
  const { targets, copies = [] } = adds;
  if (targets.length + copies.length === 0) {
    await recordAddition(cloud, plan, { targets: [], copiedTo: [] }, { at: cloud.now().toISOString(), left: [] });
    return told(report);
  }
  await write(cloud, kept, 'plan', kept);
  return {
    build,
    upToDate: { is: false, because: 'its image goes to further targets' },
    ...workOf(plan, await readRecord(cloud, identity.recipe)),
    image: { made: true, ami: image.ami, snapshots: image.snapshots ?? [] },
    addition: true,
    targets: targets.map(({ region, id = null }) => ({ region, id })),
    accountCopies: copies.map(({ region, id = null, account }) => ({ region, id, account })),
    order: { checks: false, copies: true },
  };
}
