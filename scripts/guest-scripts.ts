import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecipeFile, recipesOfFile } from '../cli/recipes/recipe-file.ts';
import { recipeNames } from '../cli/recipes/recipe-folder.ts';
import { checkCommands, provisionCommands, type Command } from '../core/guest/command.ts';
import { carriedKey, carriedText } from '../core/recipe/steps/carried.ts';
import type { Step } from '../core/recipe/types.ts';
import { beginningIn, scriptIn } from '../simulator/aws/ssm/parameter-values.ts';

export interface GuestScript {
  name: string;
  kind: 'shell' | 'powershell';
  text: string;
}

/** The scripts of a command: the lines that SSM is sent, and the script that they unpack. */
function scriptsOf(from: string, { name, document, parameters }: Command): GuestScript[] {
  const lines = parameters['commands'] ?? parameters['commandLine'];
  if (!lines || !/^AWS-Run(Shell|PowerShell|Remote)Script$/.test(document)) return [];
  const sent = lines.join('\n');
  const kind = document === 'AWS-RunShellScript' || sent.startsWith('printf ') ? 'shell' : 'powershell';
  const asSent = kind === 'shell' ? sent.replace(/^(?!#!)/, '#!/bin/sh\n') : sent;
  const beginning = beginningIn(lines);
  return [
    { name: `${from}: ${name}`, kind, text: scriptIn(lines) },
    ...(beginning === undefined ? [] : [{ name: `${from}: ${name}, its beginning`, kind, text: beginning } as const]),
    { name: `${from}: ${name}, as it is sent`, kind, text: asSent },
  ];
}

/** Steps with all surroundings that a recipe can give them. */
const surrounded = [false, true].flatMap((windows) => {
  const around = {
    env: { NOTE: "it's here\n", PATH: '/opt/bin:/usr/bin' },
    secrets: { TOKEN: '/builders/token', DATABASE: 'secret:prod/db:password:AWSPREVIOUS:' },
    timeout: '1h',
  };
  const step = windows
    ? { powershell: 'exit 0', ...around, workingDirectory: String.raw`C:\app` }
    : { run: 'true', ...around, workingDirectory: '/opt/app', user: 'app' };
  return provisionCommands([step], 'build', { windows, region: 'us-east-1' }, {}).slice(0, 1);
});

/** Steps of every form that carry files. */
const carried = (folder: boolean) => ({
  [carriedKey('files/app')]: carriedText({ sha256: 'ab'.repeat(32), bytes: 1, folder }),
});
const filesSteps: [windows: boolean, folder: boolean, files: NonNullable<Step['files']>][] = [
  [false, true, { from: 'files/app', to: "/srv/app's", owner: 'root:adm', mode: '0640' }],
  [false, false, { from: 'files/app', to: '/srv/other' }],
  [true, true, { from: 'files/app', to: "C:\\Program Files\\app's" }],
  [true, false, { from: 'files/app', to: 'C:\\app\\other' }],
];

const ansibleSteps: NonNullable<Step['ansible']>[] = [
  { playbook: 'files/app/site.yml' },
  { playbook: 'files/app/site.yml', requirements: 'files/app/requirements.yml', version: '2.17' },
  { playbook: "files/app/it's.yml", extraVars: { note: "it's {{ here }}" }, installed: true },
];

/** Every script that the recipes here and the pipeline itself run on a guest. */
export async function guestScripts(root = process.env['GOLDEN_ROOT'] ?? '.'): Promise<GuestScript[]> {
  const all: GuestScript[] = surrounded.flatMap((command) => scriptsOf('surroundings', command));
  for (const folder of ['recipes', 'examples', 'examples/cookbook']) {
    for (const name of recipeNames(await readdir(join(root, folder)))) {
      const file = await readRecipeFile(join(root, folder, name));
      // The variants of a recipe have the same scripts.
      const result = recipesOfFile(file);
      const [parsed] = 'read' in result ? result.read : [];
      if (!parsed) throw new Error(`${file.file} is no valid recipe: golden validate says why`);
      const { provision, checks } = parsed.recipe;
      const windows = [...provision, ...checks].some(
        ({ powershell, script }) => powershell !== undefined || script?.endsWith('.ps1'),
      );
      const commands = [
        ...provisionCommands(provision, 'build', { windows }, file.scripts, ['/etc/app/*.pem']),
        ...checkCommands(checks, 'build', { windows }, file.scripts),
      ];
      all.push(...commands.flatMap((command) => scriptsOf(name, command)));
    }
  }
  for (const [windows, folder, files] of filesSteps) {
    const [command] = provisionCommands([{ files, timeout: '1h' }], 'build', { windows }, carried(folder));
    if (command) all.push(...scriptsOf(`files to ${files.to}`, command));
  }
  for (const windows of [false, true]) {
    const component = { file: 'files/app', parameters: { Note: "it's {{ here }}" } };
    const [command] = provisionCommands([{ component, timeout: '1h' }], 'build', { windows }, carried(false));
    if (command) all.push(...scriptsOf(`component on ${windows ? 'Windows' : 'Linux'}`, command));
  }
  for (const ansible of ansibleSteps) {
    const [command] = provisionCommands([{ ansible, timeout: '1h' }], 'build', { windows: false }, carried(true));
    if (command) all.push(...scriptsOf(`ansible ${JSON.stringify(ansible)}`, command));
  }
  return all;
}
