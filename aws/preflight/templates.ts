import { placeName } from '../../core/distribute/place.ts';
import type { Facts } from '../../core/preflight/facts.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';
import { readTemplate } from '../instances/launch-templates.ts';
import { look } from './seen.ts';

/** The launch templates of the recipe's targets, as far as AWS shows them. */
export async function lookAtTemplates(aws: Connection, { distribute }: Recipe): Promise<Pick<Facts, 'templates'>> {
  const named = distribute.flatMap(({ launchTemplate, ...at }) => (launchTemplate ? [{ ...at, launchTemplate }] : []));
  if (named.length === 0) return {};
  const seen = named.map(
    async ({ launchTemplate, ...at }) =>
      [placeName(at), await look(() => readTemplate(aws, at.region, launchTemplate))] as const,
  );
  return { templates: Object.fromEntries(await Promise.all(seen)) };
}
