import type { Rule } from '../recipe/rules/rule.ts';
import { mostVariants } from './variant-keys.ts';

/** What a recipe that is judged by itself cannot say. Its variants are judged one by one. */
export const variantRules: Rule[] = [
  {
    says: `A recipe has 2 to ${mostVariants} variants or none. A variant does not say name, variants or triggers, which belong to the recipe as a whole, and neither a start nor \`golden\` can override variants.`,
    look(_parts, report, { stated }) {
      // A document with variants is judged variant by variant, and those documents do not have the key.
      if (stated(['variants'])) report(['variants'], 'cannot be overridden: change the recipe');
    },
  },
];
