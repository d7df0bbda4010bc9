import * as z from 'zod/mini';
import { readDocument, readVersioned, replace } from '../../aws/memory/documents.ts';
import { stepPermissions, takeStep } from '../../aws/retire/take-step.ts';
import { Failure } from '../../core/errors.ts';
import { withTaken } from '../../core/retire/retirement.ts';
import { lambda, runReference, stage } from '../stage.ts';

/**
 * Takes the one step of a build that ResolveRetirement decided on, with its AMIs in all regions, and writes down how that ended for
 * each of them. Repeating it changes nothing.
 */
export const retireBuild = stage({
  name: 'RetireBuild',
  input: z.strictObject({ execution: runReference, recipe: z.string(), build: z.string() }),
  permissions: stepPermissions,
  async run({ execution: { id: execution, startedAt }, recipe, build }, cloud) {
    const report = await readDocument(cloud, { execution, startedAt }, 'retireReport');
    const row = report?.rows.find((one) => one.recipe === recipe && one.build === build);
    if (!report || !row?.step) throw new Failure('StageInputInvalid', `ResolveRetirement decided nothing on ${build}`);
    const [root, now] = [cloud.settings.channelRoot, cloud.now()];
    const ends = await takeStep(cloud, { row, run: report, root, now });
    const taken = { step: row.step, execution, who: report.who, at: now.toISOString(), reason: row.reason, ends };
    const found = await readVersioned(cloud, row, 'retirement');
    if (!(await replace(cloud, row, 'retirement', withTaken(found?.content, taken), found ?? 'nothing')))
      throw new Failure('AwsTransient', `another execution wrote the retirement of ${build}; look again`);
    return { recipe, build, failed: ends.some(({ error }) => error !== undefined) };
  },
});

export const handler = lambda(retireBuild);
