import * as z from 'zod/mini';
import { write } from '../../aws/memory/documents.ts';
import { readBuildRecords } from '../../aws/memory/build-records.ts';
import { inventoryPermissions, takeInventory } from '../../aws/undo/inventory.ts';
import { orphanPermissions, removeOrphans } from '../../aws/undo/orphans.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { Failure } from '../../core/errors.ts';
import { buildsIn } from '../../core/sweep/estate.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { decideSweep } from '../../core/sweep/sweep.ts';
import { sweepFailure, nothingSwept, sweepOutcome, type SweepOutcome } from '../../core/sweep/sweep-report.ts';
import { lambda, measure, stage } from '../stage.ts';

const settings = z.strictObject({
  dryRun: z.optional(z.boolean()),
  cap: z.optional(z.int().check(z.minimum(1), z.maximum(500))),
});

/**
 * Finds the resources that builds left behind, by EC2 tags in every region, and removes them. Looks at all resources before it
 * removes the first. The sweep of the next day finds the resources that are still left.
 */
export const sweep = stage({
  name: 'Sweep',
  input: z.strictObject({ execution: z.strictObject({ id: z.string(), startedAt: z.string() }), input: settings }),
  permissions: [...inventoryPermissions, ...orphanPermissions],
  async run({ execution: { id, startedAt }, input }, cloud): Promise<SweepOutcome> {
    const { dryRun = false, cap = 50 } = input;
    const { account, region } = placeOfArn(id);
    const used = [region, ...regionsIn(await cloud.catalog(), region)];
    const { regions, notLooked, ...seen } = await takeInventory(cloud, account, used);
    const builds = await readBuildRecords(cloud, buildsIn({ account, ...seen }), id);
    const { remove, spared, overCap } = decideSweep({ account, builds, ...seen }, cloud.now(), cap);

    const done = ({ kind, id: removed, region: from, recipe, build, reason }: (typeof remove)[number]) =>
      cloud.log({ level: 'INFO', state: 'Sweep', recipe, build, region: from, removed: `${kind} ${removed}`, reason });
    const swept = dryRun
      ? { ...nothingSwept(), wouldRemove: remove }
      : await removeOrphans(cloud, remove, builds, { as: id, done });
    const all = { ...swept, spared: [...spared, ...swept.spared] };
    const report = { schema: 1 as const, execution: id, startedAt, dryRun, cap, ...all, overCap, regions, notLooked };
    await write(cloud, report, 'sweepReport', report);

    const outcome = sweepOutcome(report, `s3://${cloud.bucket}/${keyOf(report, 'sweepReport')}`);
    const orphans = remove.length + overCap;
    const level = orphans > 0 ? 'WARN' : 'INFO';
    const about = { level, state: 'Sweep', dryRun, overCap, ...outcome.counts };
    measure(cloud, [{ of: {}, values: { OrphansFound: orphans }, about }]);
    const failure = sweepFailure(report, outcome.report);
    if (failure) throw new Failure('SweepFailed', failure);
    return outcome;
  },
});

export const handler = lambda(sweep);
