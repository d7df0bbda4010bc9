import type { Problem } from '../problems.ts';
import type { Rule } from '../rules/rule.ts';
import type { Recipe } from '../types.ts';

/** Rules about Dedicated Hosts. */
export const tenancyRules: Rule[] = [
  {
    says: 'builder.hostId and builder.hostResourceGroup go with tenancy: host, and not with each other.',
    look({ builder }, report) {
      for (const key of ['hostId', 'hostResourceGroup'] as const)
        if (builder?.[key] !== undefined && builder.tenancy !== 'host')
          report(['builder', key], 'goes with tenancy: host only');
      if (builder?.hostId !== undefined && builder.hostResourceGroup !== undefined)
        report(['builder', 'hostResourceGroup'], 'does not go with hostId; give one of them');
    },
  },
  {
    says: 'A Spot Instance does not run on a Dedicated Host.',
    look({ builder }, report) {
      if (builder?.spot && builder.tenancy === 'host')
        report(['builder', 'spot'], 'does not go with tenancy: host, on which EC2 starts no Spot Instances');
    },
  },
];

/** ARNs of another region than that of the pipeline, in which builder and candidate run. */
export const tenancyProblems = ({ builder }: Recipe, region: string): Problem[] =>
  [
    { path: ['builder', 'hostResourceGroup'], arn: builder.hostResourceGroup },
    ...(builder.licenses ?? []).map((arn, index) => ({ path: ['builder', 'licenses', index], arn })),
  ].flatMap(({ path, arn }) => {
    const at = arn?.split(':')[3];
    return at === undefined || at === region
      ? []
      : [{ path, message: `is of ${at}, and the builder runs in ${region}` }];
  });
