import { durationOf, secondsOf } from '../../duration.ts';
import { longestRemoteSeconds } from '../../guest/remote/remote-command.ts';
import { didYouMean } from '../../nearest.ts';
import { actions } from '../rules/provision-rules.ts';
import { secretIn } from '../rules/secrets.ts';
import { sound, type Path, type Rule, type SoundParts } from '../rules/rule.ts';
import {
  carriedAt,
  carriedKey,
  carriedOf,
  folderOf,
  mostCarriedBytes,
  mostCarriedFiles,
  type Carried,
} from './carried.ts';
import { isWindowsPath } from './guest-path.ts';

/** What the steps of a recipe carry, with the archive if there is one. */
const carriedBy = (
  parts: SoundParts,
  scripts: Record<string, string>,
): { path: Path; from: string; carried: Carried | undefined }[] =>
  actions(parts).flatMap(({ path, action }) => {
    const named = carriedOf(action);
    return named ? [{ path: [...path, ...named.at], from: named.from, carried: carriedAt(named.from, scripts) }] : [];
  });

export const filesRules: Rule[] = [
  {
    says: `What files, ansible and component name exists below the recipe's folder. It holds only files and folders, and links that do not lead out of it, and at most ${mostCarriedFiles.toLocaleString('en')} files.`,
    look(parts, report, { scripts }) {
      const prefix = carriedKey('');
      const known = Object.keys(scripts).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
      for (const { path, from, carried } of carriedBy(parts, scripts))
        if (!carried) report(path, `there is no ${from} below the recipe's folder${didYouMean(from, known)}`);
    },
  },
  {
    says: `All files of a recipe have at most ${mostCarriedBytes / 1e6} MB.`,
    look(parts, report, { scripts }) {
      let total = 0;
      const counted = new Set<string>();
      for (const { path, from, carried } of carriedBy(parts, scripts)) {
        if (!carried || counted.has(carried.sha256)) continue;
        counted.add(carried.sha256);
        total += carried.bytes;
        if (total > mostCarriedBytes)
          report(
            path,
            `with ${from} the files of the recipe have ${total} bytes, and ${mostCarriedBytes} are the most; fetch large files from S3 in a step`,
          );
      }
    },
  },
  {
    says: `A step with files, ansible or component takes at most ${durationOf(longestRemoteSeconds)}.`,
    look(parts, report) {
      for (const { path, action } of actions(parts))
        if (carriedOf(action) && secondsOf(action.timeout) > longestRemoteSeconds)
          report(
            [...path, 'timeout'],
            `is more than the ${durationOf(longestRemoteSeconds)} of AWS-RunRemoteScript, which brings files`,
          );
    },
  },
  {
    says: 'The requirements of ansible lie in the folder of its playbook. version is for an Ansible that is installed, not with installed: true. extraVars contain no secrets.',
    look(parts, report) {
      for (const [index, { ansible }] of sound(parts.provision)) {
        if (!ansible) continue;
        const { playbook, requirements, version, installed, extraVars } = ansible;
        const at = (key: string): Path => ['provision', index, 'ansible', key];
        const folder = folderOf(playbook);
        if (requirements !== undefined && !requirements.startsWith(`${folder}/`))
          report(
            at('requirements'),
            `must lie in ${folder}, the folder of the playbook, which alone goes to the builder`,
          );
        if (version !== undefined && installed)
          report(at('version'), 'goes not with installed: true, which takes the Ansible of the image');
        const secret = secretIn(JSON.stringify(extraVars ?? {}));
        if (secret)
          report(
            at('extraVars'),
            `contains ${secret}, and Run Command shows its input to others; fetch it in the playbook from an SSM SecureString or Secrets Manager`,
          );
      }
    },
  },
  {
    says: 'owner and mode of files are for Linux.',
    look(parts, report) {
      for (const [index, { files }] of sound(parts.provision))
        for (const key of ['owner', 'mode'] as const)
          if (files?.[key] !== undefined && isWindowsPath(files.to))
            report(
              ['provision', index, 'files', key],
              `is for Linux, and ${files.to} is a path of Windows; set permissions by icacls in a step`,
            );
    },
  },
];
