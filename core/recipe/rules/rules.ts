import { deviceRules } from '../image/device-rules.ts';
import { builderRules } from '../builder/builder-rules.ts';
import { instanceRules } from '../builder/instance-rules.ts';
import { tenancyRules } from '../builder/tenancy-rules.ts';
import { networkRules } from '../builder/network-rules.ts';
import { spotRules } from '../builder/spot-rules.ts';
import { userDataRules } from '../builder/first-boot-rules.ts';
import { volumeNameRules } from '../builder/volume-name-rules.ts';
import { commandRules } from './command-rules.ts';
import { distributionRules } from './distribution-rules.ts';
import { limitRules } from './limit-rules.ts';
import { provisionRules } from './provision-rules.ts';
import type { Rule } from './rule.ts';
import { surroundingRules } from '../steps/surrounding-rules.ts';
import { sourceRules } from './source-rules.ts';
import { componentRules } from '../component/component-rules.ts';
import { filesRules } from '../steps/files-rules.ts';
import { publishRules } from './target-rules.ts';
import { upkeepRules } from './upkeep-rules.ts';
import { volumeRules } from './volume-rules.ts';
import { variantRules } from '../../variants/variant-rules.ts';

/** All rules about how the keys of a recipe fit together. */
export const rules: Rule[] = [
  ...sourceRules,
  ...builderRules,
  ...userDataRules,
  ...spotRules,
  ...networkRules,
  ...instanceRules,
  ...tenancyRules,
  ...volumeRules,
  ...volumeNameRules,
  ...deviceRules,
  ...provisionRules,
  ...surroundingRules,
  ...filesRules,
  ...componentRules,
  ...commandRules,
  ...distributionRules,
  ...publishRules,
  ...upkeepRules,
  ...limitRules,
  ...variantRules,
];
