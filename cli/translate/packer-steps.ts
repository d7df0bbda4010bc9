import { basename } from 'node:path';
import { asWritten, CannotTranslate, plainList, note, own, plainText, type Draft } from './draft.ts';
import { Unresolved, type Block } from './hcl.ts';
import type { TranslationNote } from './notes.ts';
import { fileBeside } from './packer-source.ts';
import { aboutUnknown, envOf, inlineOf, inOneLine, type GivenAttributes, type LeftOut } from './packer-values.ts';
import { applied } from './packer-words.ts';

type Step = Record<string, unknown>;
interface Provisioner {
  /** The attributes that the steps say. */
  says: RegExp;
  steps(given: GivenAttributes, left: LeftOut): Step[];
}

const run = 'a step runs as root on Linux and as SYSTEM on Windows; write user: if that is too much';
/** Attributes that do not change what a step does. */
const meaningless =
  /^(execute_command|elevated_execute_command|remote_path|remote_folder|remote_file|inline_shebang|skip_clean|binary|start_retry_timeout|elevated_user|elevated_password|use_env_var_file|env_var_format|remote_env_var_path|use_pwsh|execution_policy|debug_mode|only|except|direction|generated|restart_command|restart_check_command|check_registry|registry_keys|user|use_proxy|local_port|ssh_\w+|sftp_command|use_sftp|host_alias|keep_inventory_file|inventory_file_template|skip_version_check|galaxy_command|command|staging_directory|clean_staging_directory|ansible_proxy_\w+)$/;

const retryOf = (given: GivenAttributes) =>
  typeof given['max_retries'] === 'number' ? { retry: { attempts: Math.min(given['max_retries'] + 1, 10) } } : {};

/** A duration of Go, such as 1h30m. */
function timeoutOf(given: GivenAttributes, key = 'timeout'): { timeout?: string } {
  const text = asWritten(given[key] ?? '');
  if (!/^(\d+[hms])+$/.test(text)) return {};
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const seconds = parts.reduce((sum, [, n, unit]) => sum + Number(n) * { h: 3600, m: 60, s: 1 }[unit as 'h'], 0);
  return { timeout: seconds % 60 === 0 ? `${seconds / 60}m` : `${Math.max(seconds, 30)}s` };
}

const rebooting = {
  run: /(^|&&|;)\s*(sudo\s+)?(\/usr)?(\/sbin\/)?(reboot|shutdown\s+-r|systemctl\s+reboot|init\s+6)\b[^&;|]*&?\s*$/,
  powershell: /(^|;)\s*(Restart-Computer|shutdown(\.exe)?\s+\/r)\b.*$/i,
};

/** Takes the reboot off the end of commands, with sleeps behind it. */
function withoutReboot(lines: string[], key: 'run' | 'powershell'): { lines: string[]; reboots: boolean } {
  const kept = lines.join('\n').trimEnd().split('\n');
  while (/^\s*(sleep\s+\S+|exit 0|Start-Sleep\b.*)\s*$/i.test(kept.at(-1) ?? '')) kept.pop();
  const last = kept.at(-1) ?? '';
  if (!rebooting[key].test(last)) return { lines, reboots: false };
  const rest = last.replace(rebooting[key], '');
  return { lines: [...kept.slice(0, -1), ...(rest.trim() ? [rest] : [])], reboots: true };
}

/** Takes out the commands that generalize Windows, because the pipeline does that as its last step. */
function withoutSysprep(lines: string[], left: LeftOut): string[] {
  return lines.filter((line) => {
    const generalizes =
      /ec2launch(\.exe)?['"]?\s+(reset|sysprep)|sysprep\.exe|SysprepInstance\.ps1|InitializeInstance\.ps1/i.test(line);
    if (generalizes) left(inOneLine(line), 'left out: the pipeline runs Sysprep itself, after all steps');
    return !generalizes;
  });
}

const scriptsOf = (given: GivenAttributes): string[] =>
  plainList([given['script'] ?? [], given['scripts'] ?? []].flat());

/** A step that runs a script beside the recipe. */
const scriptStep = (endings: RegExp, path: string, surroundings: Step): Step => {
  const script = fileBeside(path);
  if (!endings.test(script)) throw new CannotTranslate(`${path}: scripts of a recipe end in .sh or .ps1; rename it`);
  return { name: basename(script).replace(/\.\w+$/, ''), script, ...surroundings };
};

const around = 'environment_vars|env|max_retries|timeout';

const shell = (key: 'run' | 'powershell', endings: RegExp): Provisioner => ({
  says: new RegExp(`^(inline|script|scripts|expect_disconnect|${around})$`),
  steps(given, left) {
    const surroundings = { ...envOf(given, left), ...retryOf(given), ...timeoutOf(given) };
    const written = inlineOf(given, left);
    const { lines, reboots } = withoutReboot(key === 'run' ? written : withoutSysprep(written, left), key);
    if (given['expect_disconnect'] === true && !reboots)
      left('expect_disconnect', 'write { reboot: true } as the next step, and let the script not reboot');
    return [
      ...(lines.length > 0 ? [{ [key]: `${lines.join('\n').trimEnd()}\n`, ...surroundings }] : []),
      ...scriptsOf(given).map((path) => scriptStep(endings, path, surroundings)),
      ...(reboots ? [{ reboot: true }] : []),
    ];
  },
});

/** Ansible runs on the builder itself, with either provisioner. */
const ansible: Provisioner = {
  says: new RegExp(`^(playbook_files?|galaxy_file|${around})$`),
  steps(given) {
    const playbooks = plainList(given['playbook_files'] ?? given['playbook_file'] ?? []).map(fileBeside);
    const requirements =
      given['galaxy_file'] === undefined ? {} : { requirements: fileBeside(plainText(given['galaxy_file'])) };
    return playbooks.map((playbook) => ({
      ansible: { playbook, ...requirements },
      ...retryOf(given),
      ...timeoutOf(given),
    }));
  },
};

const provisioners: Record<string, Provisioner> = {
  shell: shell('run', /\.sh$/),
  powershell: shell('powershell', /\.ps1$/),
  'windows-restart': {
    says: /^(restart_timeout|timeout)$/,
    steps: (given) => [{ reboot: true, ...timeoutOf(given), ...timeoutOf(given, 'restart_timeout') }],
  },
  'windows-update': {
    says: /^timeout$/,
    steps: (given) => [
      {
        name: 'install updates',
        document: 'AWS-InstallWindowsUpdates',
        parameters: { Action: ['Install'], AllowReboot: ['False'] },
        timeout: '3h',
        ...timeoutOf(given),
      },
      { name: 'finish updates', reboot: true, timeout: '45m' },
    ],
  },
  file: {
    says: /^(source|sources|destination|content|direction)$/,
    steps(given, left) {
      if (given['direction'] === 'download')
        throw new CannotTranslate('a builder sends no files; let a step write them to a bucket');
      if (given['content'] !== undefined)
        throw new CannotTranslate('write the content into a file beside the recipe, and a step with files');
      const to = plainText(given['destination']);
      return [given['source'] ?? [], given['sources'] ?? []].flat().map((one) => {
        const source = fileBeside(plainText(one));
        const from = source.replace(/\/$/, '');
        if (from === source && !/\.\w+$/.test(from))
          left(
            'source',
            `if ${from} is a folder, write to: ${to.replace(/\/$/, '')}/${basename(from)}, where Packer puts it`,
          );
        return {
          name: `copy ${basename(from)}`,
          files: { from, to: from === source ? to : to.replace(/(?<=.)\/$/, '') },
        };
      });
    },
  },
  'ansible-local': ansible,
  ansible,
  breakpoint: { says: /./, steps: () => [] },
};

const otherwise: Record<string, string> = {
  'shell-local': 'it runs on your machine; run it before golden build, or as a step on the builder',
  'windows-shell': 'write it as powershell: cmd /c "…" runs what cmd knows',
};

/** Attributes that have a meaning, and none in a recipe. */
const withoutKey: [RegExp, string][] = [
  [/^pause_(before|after)$/, 'write a sleep into a step'],
  [/^valid_exit_codes$/, 'a step succeeds with exit code 0; end it with || [ "$?" -eq … ]'],
  [/^override$/, 'write a recipe for each source'],
  [
    /^(roles_path|role_paths|collections_path|collection_paths|playbook_dir|playbook_paths)$/,
    "put these into the playbook's folder, which goes to the builder as a whole",
  ],
  [
    /^(extra_arguments|ansible_env_vars|groups|empty_groups|host_vars|group_vars|inventory_file|inventory_groups|inventory_directory)$/,
    'write what it says into the playbook, or variables under ansible.extraVars',
  ],
  [/./, 'no key of a step says this (docs/steps.md)'],
];

/** Whether a provisioner is for a source, by `only` and `except`. */
function isFor(source: Block, given: GivenAttributes): boolean {
  const name = source.labels.join('.');
  const named = (key: string) => [given[key] ?? []].flat().map((one) => asWritten(one).replace(/^source\./, ''));
  return given['only'] === undefined ? !named('except').includes(name) : named('only').includes(name);
}

/** Adds the steps of a provisioner to the recipe of a source. */
export function addProvisioner(
  draft: Draft,
  { file, type, labels, line, attributes }: Block,
  { source, isSecret }: { source: Block; isSecret: (value: Unresolved) => boolean },
  notes: TranslationNote[],
): void {
  const [kind = ''] = labels;
  const given: GivenAttributes = {};
  for (const { name, value } of attributes) if (value() !== null) given[name] = value();
  const part = { file, line, what: `${type} "${kind}"` };
  if (!isFor(source, given)) {
    notes.push({ ...part, result: 'not needed', says: 'it is for other sources' });
    return;
  }
  const left: LeftOut = (what, why) => {
    const says = why instanceof Unresolved ? aboutUnknown(why, isSecret(why)) : why;
    notes.push({ file, line, what, result: 'not translated', says });
  };
  note(notes, part, () => {
    const translate = own(provisioners, kind);
    if (!translate)
      throw new CannotTranslate(own(otherwise, kind) ?? 'write what it does as a step with run, script or powershell');
    const rebooted = draft.provision.at(-1)?.['reboot'] === true;
    const steps = translate.steps(given, left);
    const from = draft.provision.length;
    draft.provision.push(...steps);
    for (const { name: what, line: at } of attributes) {
      if (given[what] instanceof Unresolved && /^(max_retries|timeout|restart_timeout|expect_disconnect)$/.test(what))
        left(what, given[what]);
      if (translate.says.test(what)) continue;
      const waits = what === 'pause_before' && rebooted;
      const isNoise = meaningless.test(what) || waits || given[what] === undefined;
      const why = waits
        ? 'the pipeline waits until the builder is back'
        : (own(applied, what) ?? 'a step has no need of it');
      const says = isNoise
        ? /execute|elevated/.test(what)
          ? run
          : why
        : (withoutKey.find(([pattern]) => pattern.test(what))?.[1] ?? '');
      notes.push({ file, line: at, what, result: isNoise ? 'not needed' : 'not translated', says });
    }
    if (steps.length === 0) return 'nothing to do in a build';
    return steps.length === 1 ? `provision[${from}]` : `provision[${from}] to provision[${from + steps.length - 1}]`;
  });
}
