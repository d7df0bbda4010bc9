import { basename } from 'node:path';
import { asWritten, CannotTranslate, plainList, mapOf, note, plainText, type Draft } from './draft.ts';
import { Unresolved, type Block, type Value } from './hcl.ts';
import type { TranslationNote } from './notes.ts';
import { fileBeside } from './packer-source.ts';

type Given = Record<string, Value>;
type Step = Record<string, unknown>;
/** Translates a provisioner to steps; `left` takes what it cannot say. */
type Provisioner = (given: Given, left: (what: string, why: string) => void) => Step[];

const run = 'a step runs as root on Linux and as SYSTEM on Windows; write user: if that is too much';
/** Attributes that do not change what a step does. */
const meaningless =
  /^(execute_command|elevated_execute_command|remote_path|remote_folder|remote_file|inline_shebang|skip_clean|binary|start_retry_timeout|elevated_user|elevated_password|use_env_var_file|env_var_format|remote_env_var_path|use_pwsh|execution_policy|only|except|debug_mode)$/;

/** The environment of a step. */
function envOf(given: Given): { env?: Record<string, string> } {
  const pairs = plainList(given['environment_vars'] ?? []).map((pair) => [
    pair.split('=', 1)[0] ?? '',
    pair.slice(pair.indexOf('=') + 1),
  ]);
  const env = {
    ...Object.fromEntries(pairs),
    ...Object.fromEntries(Object.entries(mapOf(given['env'] ?? {})).map(([key, value]) => [key, plainText(value)])),
  };
  return Object.keys(env).length > 0 ? { env } : {};
}

const retryOf = (given: Given) =>
  typeof given['max_retries'] === 'number' ? { retry: { attempts: Math.min(given['max_retries'] + 1, 10) } } : {};

const timeoutOf = (given: Given, key = 'timeout') =>
  /^\d+[smhd]$/.test(asWritten(given[key])) ? { timeout: asWritten(given[key]) } : {};

/** Commands, with what only Packer knows as it is written. */
function inlineOf(given: Given, left: (what: string, why: string) => void): string[] {
  const lines = Array.isArray(given['inline'])
    ? given['inline']
    : given['inline'] === undefined
      ? []
      : [given['inline']];
  return lines.map((line) => {
    if (!(line instanceof Unresolved)) return asWritten(line);
    left(
      'inline',
      `${line.text.trim().replaceAll(/\s+/g, ' ')} has a value that only Packer knows; write it, or a parameter: \${{ parameters.name }}`,
    );
    return line.text;
  });
}

const scriptsOf = (given: Given): string[] => plainList([given['script'] ?? [], given['scripts'] ?? []].flat());

/** A step that runs a script beside the recipe. */
const scriptStep = (endings: RegExp, path: string, surroundings: Step): Step => {
  const script = fileBeside(path);
  if (!endings.test(script)) throw new CannotTranslate(`${path}: scripts of a recipe end in .sh or .ps1; rename it`);
  return { name: basename(script).replace(/\.\w+$/, ''), script, ...surroundings };
};

function shell(key: 'run' | 'powershell', endings: RegExp): Provisioner {
  return (given, left) => {
    const surroundings = { ...envOf(given), ...retryOf(given), ...timeoutOf(given) };
    if (given['execute_command'] !== undefined && !/sudo|\.Vars|\.Path/.test(asWritten(given['execute_command'])))
      left('execute_command', run);
    if (given['expect_disconnect'] === true)
      left('expect_disconnect', 'write { reboot: true } as the next step, and let the script not reboot');
    const lines = inlineOf(given, left);
    return [
      ...(lines.length > 0 ? [{ [key]: `${lines.join('\n').trimEnd()}\n`, ...surroundings }] : []),
      ...scriptsOf(given).map((path) => scriptStep(endings, path, surroundings)),
    ];
  };
}

/** Ansible runs on the builder itself, whichever provisioner ran it. */
function ansible(given: Given, left: (what: string, why: string) => void): Step[] {
  const playbooks = plainList(given['playbook_files'] ?? given['playbook_file'] ?? []).map(fileBeside);
  const requirements =
    given['galaxy_file'] === undefined ? {} : { requirements: fileBeside(plainText(given['galaxy_file'])) };
  for (const what of ['extra_arguments', 'ansible_env_vars', 'groups', 'host_vars', 'inventory_file'])
    if (given[what] !== undefined)
      left(what, 'write what it says into the playbook, or variables under ansible.extraVars');
  return playbooks.map((playbook) => ({ ansible: { playbook, ...requirements }, ...retryOf(given) }));
}

const provisioners: Record<string, Provisioner> = {
  shell: shell('run', /\.sh$/),
  powershell: shell('powershell', /\.ps1$/),
  'windows-restart': (given) => [{ reboot: true, ...timeoutOf(given, 'restart_timeout') }],
  file(given) {
    if (given['direction'] === 'download')
      throw new CannotTranslate('a builder sends no files; let a step write them to a bucket');
    if (given['content'] !== undefined)
      throw new CannotTranslate('write the content into a file beside the recipe, and a step with files');
    const from = fileBeside(plainText(given['source'])).replace(/\/$/, '');
    return [
      { name: `copy ${basename(from)}`, files: { from, to: plainText(given['destination']).replace(/(?<=.)\/$/, '') } },
    ];
  },
  'ansible-local': ansible,
  ansible,
  breakpoint: () => [],
};

const otherwise: Record<string, string> = {
  'shell-local': 'it runs on your machine; run it before golden build, or as a step on the builder',
  'windows-shell': 'write it as powershell: cmd /c "…" runs what cmd knows',
};

/** Attributes that have a meaning, and none in a recipe. */
const withoutKey: Record<string, string> = {
  pause_before: 'write a sleep at the start of the step',
  valid_exit_codes: 'a step succeeds with exit code 0; end it with || [ "$?" -eq … ]',
  override: 'write a recipe for each source',
};

/** Adds the steps of a provisioner to a recipe. */
export function addProvisioner(
  draft: Draft,
  { file, type, labels, line, attributes }: Block,
  notes: TranslationNote[],
): void {
  const [kind = ''] = labels;
  const given = Object.fromEntries(attributes.map(({ name, value }) => [name, value()]));
  const left = (what: string, says: string) => void notes.push({ file, line, what, result: 'not translated', says });
  note(notes, { file, line, what: `${type} "${kind}"` }, () => {
    const translate = provisioners[kind];
    if (!translate)
      throw new CannotTranslate(otherwise[kind] ?? 'write what it does as a step with run, script or powershell');
    const steps = translate(given, left);
    const from = draft.provision.length;
    draft.provision.push(...steps);
    for (const { name, line: at } of attributes) {
      const why = withoutKey[name];
      if (why !== undefined) notes.push({ file, line: at, what: name, result: 'not translated', says: why });
      else if (meaningless.test(name))
        notes.push({
          file,
          line: at,
          what: name,
          result: 'not needed',
          says: /execute|elevated/.test(name) ? run : 'a step has no need of it',
        });
    }
    if (steps.length === 0) return 'nothing to do in a build';
    return steps.length === 1 ? `provision[${from}]` : `provision[${from}] to provision[${from + steps.length - 1}]`;
  });
}
