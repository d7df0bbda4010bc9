import * as z from 'zod/mini';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { driftPermissions, findDrifts } from '../../aws/share/drift.ts';
import { placeOfArn } from '../../core/build/identity.ts';
import { soundRecipes } from '../../core/recipe/catalog.ts';
import { throwTogether } from '../../core/settle-all.ts';
import { lastingDrifts, newDrifts } from '../../core/share/drift-comparison.ts';
import { driftMail } from '../../core/share/drift-mail.ts';
import type { Drift } from '../../core/share/drift.ts';
import { lambda, measure, stage } from '../stage.ts';

const amiEvent = z.looseObject({ detail: z.looseObject({ ImageId: z.string() }) });

// EC2 shows changes late, and golden share may be at work.
const pauseSeconds = 60;

/**
 * Runs every hour, and when EC2 tells that an AMI was deregistered or disabled. Compares the published images of all recipes and
 * their channels with the last moves and the deployed recipes. What differs in two looks, a minute apart, is measured, kept in
 * the recipe's `drift.json`, and told once.
 */
export const checkDrift = stage({
  name: 'CheckDrift',
  input: z.unknown(),
  permissions: [...driftPermissions, 's3:PutObject', 'sns:Publish'],
  async run(event, cloud) {
    const hint = z.safeParse(amiEvent, event);
    const gone = hint.success ? hint.data.detail.ImageId : undefined;
    const owner = placeOfArn(cloud.machine).account;
    const recipes = soundRecipes(await cloud.catalog(), cloud.aws.region);
    const { channelRoot } = cloud.settings;
    const look = () => findDrifts(cloud, recipes, { channelRoot, owner, now: cloud.now() }, gone);
    const first = await look();
    if (!first) return `${gone} is not published`;
    if (first.drifts.length > 0) await cloud.pause(pauseSeconds);
    const second = (first.drifts.length > 0 ? await look() : undefined) ?? first;
    const drifts = lastingDrifts(first.drifts, second.drifts);
    const told: Drift[] = [];
    for (const recipe of new Set(second.places.map((place) => place.recipe))) {
      const own = drifts.filter((one) => one.recipe === recipe);
      // An alarm stays as it is while a region cannot be read.
      if (own.length === 0 && second.unread.includes(recipe)) continue;
      const known = own.length > 0 ? await readDocument(cloud, { recipe }, 'drift') : undefined;
      told.push(...newDrifts(own, known?.drifts ?? []));
      await write(cloud, { recipe }, 'drift', { schema: 1, checkedAt: cloud.now().toISOString(), drifts: own });
      const about = { level: own.length > 0 ? 'WARN' : 'INFO', recipe, drifts: own.slice(0, 20) };
      measure(cloud, [{ of: { Recipe: recipe }, values: { Drifts: own.length }, about }]);
    }
    if (told.length > 0 && cloud.topic)
      await (await import('../../aws/topics.ts')).publishTo(cloud.aws, cloud.topic, driftMail(told, cloud.deployment));
    throwTogether(second.failed);
    return `${drifts.length} drifts, ${told.length} of them new`;
  },
});

export const handler = lambda(checkDrift);
