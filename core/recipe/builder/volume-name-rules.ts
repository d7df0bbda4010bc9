import { actions } from '../rules/provision-rules.ts';
import { repeats, sound, type Rule } from '../rules/rule.ts';
import { diskVariable } from './volume-names.ts';

const variableOf = ({ name }: { name?: string }) => (name === undefined ? undefined : diskVariable(name));

/** Rules about the names of volumes. */
export const volumeNameRules: Rule[] = [
  {
    says: 'Every name of a volume makes another variable, which is not in env or secrets.',
    look(parts, report) {
      const volumes = sound(parts.builder?.volumes ?? []);
      for (const [index, first, { name }] of repeats(volumes, variableOf))
        report(
          ['builder', 'volumes', index, 'name'],
          `${name} makes the same variable ${diskVariable(name ?? '')} as volumes[${first}]`,
        );
      const variables = new Set(volumes.map(([, volume]) => variableOf(volume)));
      for (const { path, action } of actions(parts))
        for (const key of ['env', 'secrets'] as const)
          for (const variable of Object.keys(action[key] ?? {}))
            if (variables.has(variable))
              report([...path, key, variable], 'is the variable of a disk that builder.volumes names');
    },
  },
];
