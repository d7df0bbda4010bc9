import { didYouMean } from '../../nearest.ts';
import { formatPath } from '../problems.ts';
import { actions } from '../rules/provision-rules.ts';
import type { Rule } from '../rules/rule.ts';
import { secretIn } from '../rules/secrets.ts';
import { carriedAt } from '../steps/carried.ts';
import { componentPhases } from './component-phases.ts';
import { componentAt, parseComponent, phasesOf } from './component-document.ts';

/** The rules on component documents of EC2 Image Builder. */
export const componentRules: Rule[] = [
  {
    says: 'A component document has the form that AWSTOE reads: schemaVersion 1.0, phases of steps with known actions, and parameters, constants and loops if there are any. Its problems are told with their path in the document.',
    look(parts, report, { scripts }) {
      const told = new Set<string>();
      for (const { path, action } of actions(parts)) {
        const { file } = action.component ?? {};
        const carried = file === undefined ? undefined : carriedAt(file, scripts);
        if (file === undefined || !carried || told.has(file)) continue;
        told.add(file);
        for (const { path: within, message } of parseComponent(carried.component).problems ?? [])
          report([...path, 'component', 'file'], `${file} ${formatPath(within)}: ${message}`);
      }
    },
  },
  {
    says: 'A step runs a component that has the phase build or validate, a check one that has the phase test. A component of a step that has the phase test, too, is in a check.',
    look(parts, report, { scripts }) {
      const checked = new Set(parts.checks.flatMap((check) => check?.component?.file ?? []));
      for (const { path, action } of actions(parts)) {
        const { file } = action.component ?? {};
        const document = file === undefined ? undefined : componentAt(file, scripts);
        if (file === undefined || !document) continue;
        const wanted = componentPhases[path[0] === 'checks' ? 'checks' : 'provision'];
        const at = [...path, 'component', 'file'];
        if (phasesOf(document, wanted).length === 0)
          report(
            at,
            `${file} has no phase ${wanted.join(' or ')}, and a ${path[0] === 'checks' ? 'check' : 'step'} runs no other`,
          );
        if (
          path[0] === 'provision' &&
          phasesOf(document, ['test']).length > 0 &&
          !checked.has(file) &&
          !parts.checks.includes(undefined)
        )
          report(
            at,
            `${file} has a phase test, which runs on the candidate: add a check with component: { file: ${file} }`,
          );
      }
    },
  },
  {
    says: 'The parameters of a component are those of its document. Parameters without a default are given. They contain no secrets.',
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const { file, parameters: given = {} } = action.component ?? {};
        const document = file === undefined ? undefined : componentAt(file, scripts);
        if (!document) continue;
        const known = Object.fromEntries((document.parameters ?? []).flatMap((map) => Object.entries(map)));
        for (const [name, value] of Object.entries(given)) {
          const at = [...path, 'component', 'parameters', name];
          if (!Object.hasOwn(known, name))
            report(
              at,
              `is no parameter of ${file}${didYouMean(name, Object.keys(known)) || `; it has ${Object.keys(known).join(', ') || 'none'}`}`,
            );
          const secret = secretIn(value);
          if (secret)
            report(at, `contains ${secret}, and Run Command shows its input to others; fetch it in the component`);
        }
        for (const [name, { default: value }] of Object.entries(known))
          if (value === undefined && !Object.hasOwn(given, name))
            report([...path, 'component'], `needs parameters.${name}, which has no default in ${file}`);
      }
    },
  },
];
