import * as z from 'zod/mini';
import { write } from '../../aws/memory/documents.ts';
import { publishedImages, publishedPermissions } from '../../aws/share/published-images.ts';
import { lookAtShares } from '../../aws/share/resolve-share.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { moverOf } from '../../core/channel/move-request.ts';
import { boundProblems } from '../../core/deployment/deployment-bounds.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { recipeOf } from '../../core/recipe/catalog.ts';
import { refuse, refuseAny } from '../../core/recipe/problems.ts';
import { shareRequest } from '../../core/share/share-request.ts';
import { failuresInWords, shareRows, type ShareReport } from '../../core/share/share-report.ts';
import { lambda, runReference, stage } from '../stage.ts';
import { secondsSince } from '../wait.ts';

/** Step Functions repeats a look that AWS throttles. After this time, the other regions no longer wait for that one. */
const patienceSeconds = 300;

/**
 * First state of share-image: compares who may use the published images of a recipe with the recipe's lists, in every region.
 * Changes nothing. The report keeps what was found, so that a change which fails can be taken back.
 */
export const resolveShare = stage({
  name: 'ResolveShare',
  input: z.strictObject({ input: z.unknown(), execution: runReference }),
  permissions: ['s3:PutObject', 'sts:AssumeRole', 'ec2:DescribeImages', ...publishedPermissions, ...readingPermissions],
  async run({ input, execution: { id: execution, startedAt } }, cloud) {
    const asked = shareRequest(input);
    if ('problems' in asked) return refuse(asked.problems);
    const { recipe: name, build, plan: planOnly = false, why, who } = asked.request;
    const { account, region: home } = placeOfArn(execution);
    const recipe = recipeOf(await cloud.catalog(), name, home);
    refuseAny(boundProblems(recipe, cloud.settings, { home, account }));
    const targets = recipe.distribute;
    const of = { recipe: name, channel: recipe.publish?.channel, root: cloud.settings.channelRoot, places: targets };
    const { images: held, failures: unread } = await publishedImages(cloud, of, build);
    if (held.length + unread.length === 0)
      return refuse([{ path: [build === undefined ? 'recipe' : 'build'], message: 'has no published image' }]);
    const { failures: wrong, ...seen } = await lookAtShares(cloud, { recipe: name, targets, owner: account }, held);
    const failures = [...unread, ...wrong];
    if (failures.some(({ transient }) => transient) && secondsSince(startedAt, cloud.now()) < patienceSeconds)
      throw new Failure('AwsTransient', failuresInWords(failures));
    const by = { who: moverOf({ who }, execution), ...(why !== undefined && { why }) };
    const report: ShareReport = { schema: 1, execution, startedAt, recipe: name, ...by, planOnly, ...seen, failures };
    await write(cloud, report, 'shareReport', report);
    const kept = `s3://${cloud.bucket}/${keyOf(report, 'shareReport')}`;
    const brief = { planOnly, images: shareRows(report), failures, notes: report.notes, report: kept };
    return { ...brief, recipe: name, since: cloud.now().toISOString() };
  },
});

export const handler = lambda(resolveShare);
