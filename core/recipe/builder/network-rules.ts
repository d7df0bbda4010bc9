import type { Rule } from '../rules/rule.ts';

/** Rules about the network that a recipe names by tags. */
export const networkRules: Rule[] = [
  {
    says: 'builder.network names subnets, security groups or both by tags, and the recipe does not name the same by ids.',
    look({ builder }, report, { stated }) {
      const { network } = builder ?? {};
      if (!network) return;
      if (!stated(['builder', 'network', 'subnets']) && !stated(['builder', 'network', 'securityGroups']))
        report(['builder', 'network'], 'needs subnets or securityGroups; vpc alone does not say which');
      for (const key of ['subnets', 'securityGroups'] as const)
        if (network[key] && stated(['builder', key]))
          report(['builder', 'network', key], `does not go with builder.${key}; give one of them`);
    },
  },
];
