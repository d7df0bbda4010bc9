import { builderRules } from './builder-rules.ts';
import { commandRules } from './command-rules.ts';
import { distributionRules } from './distribution-rules.ts';
import { limitRules } from './limit-rules.ts';
import { provisionRules } from './provision-rules.ts';
import type { Rule } from './rule.ts';
import { sourceRules } from '../source.ts';
import { upkeepRules } from './upkeep-rules.ts';
import { volumeRules } from './volume-rules.ts';

/** What the keys of a recipe ask of each other. */
export const rules: Rule[] = [
  ...sourceRules,
  ...builderRules,
  ...volumeRules,
  ...provisionRules,
  ...commandRules,
  ...distributionRules,
  ...upkeepRules,
  ...limitRules,
];
