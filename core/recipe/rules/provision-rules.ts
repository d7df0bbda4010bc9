import { stopsForSysprep } from '../../guest/command.ts';
import { didYouMean } from '../../nearest.ts';
import { systemOfStepComponent } from '../component/component-document.ts';
import { checkKinds, stepKinds } from '../provision.ts';
import { isWindowsPath } from '../steps/guest-path.ts';
import type { Step } from '../types.ts';
import { repeats, sound, type Path, type Rule, type SoundParts } from './rule.ts';

/** Steps and checks together, since both can have scripts. */
export const actions = ({ provision, checks }: SoundParts): { path: Path; action: Step }[] => [
  ...sound(provision).map(([index, action]) => ({ path: ['provision', index], action })),
  ...sound(checks).map(([index, action]) => ({ path: ['checks', index], action })),
];

const kindOf = (action: Step) => stepKinds.find((kind) => action[kind] !== undefined);

/** The operating system that a step is for. Undefined if it runs on both. */
export function systemOf(
  { run, script, powershell, files, ansible, component }: Step,
  scripts: Record<string, string>,
): 'Linux' | 'Windows' | undefined {
  if (component) return systemOfStepComponent(component, scripts);
  if (ansible) return 'Linux';
  if (files) return isWindowsPath(files.to) ? 'Windows' : 'Linux';
  if (powershell !== undefined || script?.endsWith('.ps1')) return 'Windows';
  return run !== undefined || script !== undefined ? 'Linux' : undefined;
}

export const provisionRules: Rule[] = [
  {
    says: 'A step has exactly one of run, script, powershell, files, ansible, component, document and reboot; a check exactly one of run, script, powershell and component.',
    look(parts, report) {
      for (const { path, action } of actions(parts)) {
        const kinds: readonly string[] = path[0] === 'checks' ? checkKinds : stepKinds;
        const used = stepKinds.filter((kind) => action[kind] !== undefined);
        if (used.length !== 1)
          report(path, `needs exactly one of ${kinds.join(', ')}; it has ${used.join(' and ') || 'none'}`);
      }
    },
  },
  {
    says: 'version and parameters go with document only.',
    look(parts, report) {
      for (const { path, action } of actions(parts)) {
        for (const key of ['version', 'parameters'] as const) {
          if (action[key] !== undefined && action.document === undefined)
            report([...path, key], `goes with document only, not with ${kindOf(action) ?? 'nothing'}`);
        }
      }
    },
  },
  {
    says: 'Every step has its own name, and so has every check. Upper and lower case count as the same.',
    look({ provision, checks }, report) {
      for (const [section, list] of [
        ['provision', provision],
        ['checks', checks],
      ] as const) {
        for (const [index, first, { name }] of repeats<{ name?: string }>(sound(list), (entry) =>
          entry.name?.toLowerCase(),
        )) {
          report([section, index, 'name'], `"${name}" is already the name of ${section}[${first}]`);
        }
      }
    },
  },
  {
    says: 'A recipe is for one operating system: run, .sh and ansible are Linux, powershell and .ps1 are Windows. The path to which files go tells which it is, and so do the actions of a component. Steps with if.platform may be for the other one.',
    look(parts, report, { scripts }) {
      const shells = actions(parts).flatMap(({ path, action }) => {
        // Of several systems, each step runs where its `if` says.
        const system = action.if?.platform === undefined ? systemOf(action, scripts) : undefined;
        return system ? [{ path: [...path, kindOf(action) ?? 'run'], system, at: `${path[0]}[${path[1]}]` }] : [];
      });
      const [first, ...others] = shells;
      for (const { path, system } of others) {
        if (system !== first?.system)
          report(path, `is for ${system}, but ${first?.at} is for ${first?.system}; a builder is one operating system`);
      }
    },
  },
  {
    says: 'An image of Windows is captured stopped: Sysprep, the last step, shuts the builder down.',
    look(parts, report, { scripts }) {
      const always = actions(parts).filter(({ action }) => action.if?.platform === undefined);
      if (parts.image?.capture === 'running' && always.some(({ action }) => systemOf(action, scripts) === 'Windows'))
        report(['image', 'capture'], stopsForSysprep);
    },
  },
  {
    says: "Every script exists below the recipe's folder, is not empty and, for .sh, has no CR LF line ends.",
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        if (action.script === undefined) continue;
        const text = scripts[action.script];
        const at = [...path, 'script'];
        if (text === undefined)
          report(
            at,
            `there is no ${action.script} below the recipe's folder${didYouMean(action.script, Object.keys(scripts))}`,
          );
        else if (!/\S/.test(text)) report(at, `${action.script} is empty`);
        else if (action.script.endsWith('.sh') && text.includes('\r\n'))
          report(at, `${action.script} has CR LF line ends, which bash does not understand; save it with LF`);
      }
    },
  },
];
