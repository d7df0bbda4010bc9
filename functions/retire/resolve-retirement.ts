import * as z from 'zod/mini';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { resolveRetirement as decide, resolvingPermissions } from '../../aws/retire/resolve-retirement.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { moverOf } from '../../core/channel/move-request.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { soundRecipes, unknownRecipe } from '../../core/recipe/catalog.ts';
import { refuse } from '../../core/recipe/problems.ts';
import { reportedFirst, retiringPolicies, withSeen } from '../../core/retire/new-policies.ts';
import { retireOutcome, type RetireReport } from '../../core/retire/retire-report.ts';
import { retireRequest } from '../../core/retire/retire-request.ts';
import { regionsIn } from '../../core/sweep/regions-in-use.ts';
import { lambda, runReference, stage } from '../stage.ts';

const usualCap = 25;

/**
 * First state of retire-images: decides which images take one step, and which stay and why. Changes no image. The first run with a
 * new policy only reports, unless the input says apply.
 */
export const resolveRetirement = stage({
  name: 'ResolveRetirement',
  input: z.strictObject({ input: z.unknown(), execution: runReference }),
  permissions: [...resolvingPermissions, 's3:PutObject'],
  async run({ input, execution: { id: execution, startedAt } }, cloud) {
    const asked = retireRequest(input);
    if ('problems' in asked) return refuse(asked.problems);
    const { verb = 'retire', recipe, plan: planOnly = false, apply = false, cap = usualCap, why } = asked.request;
    const { account, region: home } = placeOfArn(execution);
    const who = moverOf(asked.request, execution);
    const catalog = await cloud.catalog();
    if (verb === 'retire' && recipe !== undefined && !Object.hasOwn(catalog.recipes, recipe))
      return refuse([{ path: ['recipe'], message: unknownRecipe(catalog, recipe) }]);
    const policies = retiringPolicies(soundRecipes(catalog, home), recipe);
    const used = [...new Set([home, ...regionsIn(catalog, home)])];
    const place = { account, root: cloud.settings.channelRoot, used, execution, who, now: cloud.now() };
    const seen = await readDocument(cloud, {}, 'retirePolicies');
    const sources = JSON.stringify(catalog.recipes);
    const about = { schema: 1 as const, execution, startedAt, verb, who, why, planOnly, cap };
    const decided = async (): Promise<RetireReport> => {
      // Loaded here: most runs are the daily ones.
      const byHand = verb === 'deregister' && (await import('../../aws/retire/resolve-deregister.ts'));
      const { rows, ...looked } = byHand
        ? await byHand.resolveDeregister(cloud, asked.request, place)
        : await decide(cloud, policies, place, { cap, sources });
      const reports = verb === 'retire' && !planOnly && !apply;
      return { ...about, rows: reports ? rows.map((row) => reportedFirst(row, policies, seen)) : rows, ...looked };
    };
    // A repeated call would take a policy that it has just noted as seen for one that an earlier run has reported.
    const known = await readDocument(cloud, { execution, startedAt }, 'retireReport');
    const report = known ?? (await decided());
    if (!known) await write(cloud, report, 'retireReport', report);
    if (verb === 'retire' && !planOnly) await write(cloud, {}, 'retirePolicies', withSeen(seen, policies));
    const outcome = retireOutcome(report, `s3://${cloud.bucket}/${keyOf(report, 'retireReport')}`);
    const builds = report.rows.flatMap(({ step, recipe: of, build }) => (step === null ? [] : [{ recipe: of, build }]));
    return { planOnly, builds, since: cloud.now().toISOString(), outcome };
  },
});

export const handler = lambda(resolveRetirement);
