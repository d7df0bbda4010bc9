import { runsScript } from './surroundings.ts';
import type { Step } from '../types.ts';
import { actions, systemOf } from '../rules/provision-rules.ts';
import type { Rule } from '../rules/rule.ts';
import { secretIn } from '../rules/secrets.ts';

const utf8Bytes = (text: string) => new TextEncoder().encode(text).length;
const mostEnvBytes = 8000;

const entriesOf = ({ env = {} }: Pick<Step, 'env'>) => Object.entries(env);

/** The rules on the surroundings of steps and checks: env, workingDirectory, user and if. */
export const surroundingRules: Rule[] = [
  {
    says: 'env, secrets, workingDirectory and user go with run, script and powershell only: a document has parameters of its own.',
    look(parts, report) {
      for (const { path, action } of actions(parts)) {
        if (runsScript(action)) continue;
        for (const key of ['env', 'workingDirectory', 'user', 'secrets'] as const)
          if (action[key] !== undefined) report([...path, key], 'goes with run, script or powershell only');
      }
    },
  },
  {
    says: 'retry and onFailure do not go with reboot: a builder that does not come back has failed.',
    look(parts, report) {
      for (const { path, action } of actions(parts))
        for (const key of ['retry', 'onFailure'] as const)
          if (action.reboot && action[key] !== undefined) report([...path, key], 'does not go with reboot');
    },
  },
  {
    says: 'if.platform is the one that the step can run on: linux for run and .sh, windows for powershell and .ps1.',
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const { platform } = action.if ?? {};
        const system = systemOf(action, scripts);
        if (platform !== undefined && system !== undefined && system.toLowerCase() !== platform)
          report([...path, 'if', 'platform'], `is ${platform}, where the step cannot run: it is for ${system}`);
      }
    },
  },
  {
    says: 'Windows takes no user, since it starts a program as another user only with a password. There workingDirectory begins with a drive, on Linux with /.',
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const system = systemOf(action, scripts);
        if (system === 'Windows' && action.user !== undefined)
          report(
            [...path, 'user'],
            'goes with Linux only: Windows starts a program as another user only with a password; register a scheduled task in the step',
          );
        const folder = action.workingDirectory;
        if (folder !== undefined && system !== undefined && folder.startsWith('/') !== (system === 'Linux'))
          report(
            [...path, 'workingDirectory'],
            `must be a path of ${system}, such as ${system === 'Linux' ? '/opt/app' : String.raw`C:\app`}`,
          );
      }
    },
  },
  {
    says: `The variables of a step, with those of the recipe, have at most ${mostEnvBytes} bytes. On Windows, names differ by more than upper and lower case.`,
    look(parts, report, { scripts }) {
      for (const { path, action } of actions(parts)) {
        const entries = entriesOf(action);
        const bytes = entries.reduce((sum, entry) => sum + utf8Bytes(entry.join('=')) + 1, 0);
        if (bytes > mostEnvBytes)
          report([...path, 'env'], `is ${bytes} bytes with the recipe's env, and ${mostEnvBytes} is the most`);
        if (systemOf(action, scripts) !== 'Windows') continue;
        const seen = new Map<string, string>();
        for (const key of ['env', 'secrets'] as const)
          for (const name of Object.keys(action[key] ?? {})) {
            const first = seen.get(name.toLowerCase()) ?? name;
            if (first !== name) report([...path, key, name], `is the variable ${first} on Windows`);
            seen.set(name.toLowerCase(), first);
          }
      }
    },
  },
  {
    says: 'A variable of a step has its value from env or from secrets, not from both.',
    look(parts, report) {
      for (const { path, action } of actions(parts))
        for (const name of Object.keys(action.secrets ?? {}))
          if (action.env?.[name] !== undefined)
            report([...path, 'secrets', name], 'is also a variable of env, of the step or of the recipe');
    },
  },
  {
    says: 'The values of env contain no secrets, since everybody may read them who may read the recipe or the builder.',
    look(parts, report) {
      const all = [{ path: [], action: parts }, ...actions(parts)];
      for (const { path, action } of all)
        for (const [name, value] of entriesOf(action)) {
          const secret = secretIn(value);
          const inherited = path.length > 0 && parts.env?.[name] === value;
          if (secret && !inherited)
            report([...path, 'env', name], `contains ${secret}, which everybody may read who may read the recipe`);
        }
    },
  },
];
