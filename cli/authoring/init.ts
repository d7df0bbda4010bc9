import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { didYouMean } from '../../core/nearest.ts';
import { homeRegion } from '../../core/recipe/regions.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';
import { distributions, type Architecture } from '../../core/starter/distributions.ts';
import { starterRecipe } from '../../core/starter/starter-recipe.ts';
import { readYaml } from '../recipes/recipe-file.ts';
import { commandLine } from '../screen/command-line.ts';
import { placed, problemLines, usage, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import { recipesFolder } from '../simulated/order.ts';

interface InitOptions {
  distribution?: string;
  architecture?: Architecture;
  base?: string;
  owner?: string;
  regions?: string[];
  accounts?: string[];
  organization?: string[];
  kmsKey?: string;
  channel?: string;
  folder?: string;
  force?: boolean;
  json?: boolean;
}

/** Asks a person for the answers that the command line does not give; undefined after Ctrl-C. */
export type AskInit = (name: string | undefined, options: InitOptions) => Promise<NamedOptions | undefined>;
type NamedOptions = InitOptions & { name: string };

/** Writes a first recipe. `ask` is there if a person is at the keyboard. */
export async function initRecipe(
  name: string | undefined,
  options: InitOptions,
  terminal: Terminal,
  ask?: AskInit,
): Promise<number> {
  const complete = name !== undefined && options.distribution !== undefined;
  const given = complete || !ask ? named(name, options) : await ask(name, options);
  if (!given) return 130;
  const folder = given.folder ?? recipesFolder();
  const file = join(folder, `${given.name}.yaml`);
  const text = textOf(given, file, folder);
  if (existsSync(file) && !given.force)
    throw refusalOf([usage(file, 'is already there; give another name, or --force to overwrite it')]);
  await mkdir(folder, { recursive: true });
  await writeFile(file, text);
  if (options.json) terminal.out(`${JSON.stringify({ status: 'written', file })}\n`);
  else terminal.out(`${file} is written. What to do next:\n${nextSteps(file)}`);
  return 0;
}

const nextSteps = (file: string) => `  ${commandLine(`validate ${file}`)}   after every change
  ${commandLine(`simulate ${file}`)}   bakes it on a simulated AWS; needs no account
  ${commandLine(`plan ${file}`)}       compares it with the account of a deployed pipeline
`;

const refusalOf = (problems: Placed[]) => new Refusal(problemLines(problems), { problems });

/** @throws Refusal that names everything missing. */
function named(name: string | undefined, options: InitOptions): NamedOptions {
  const missing = [
    ...(name === undefined ? [usage('name', `is required: ${commandLine('init <name>')}`)] : []),
    ...(options.distribution === undefined
      ? [usage('--distribution', `is required: one of ${Object.keys(distributions).join(', ')}`)]
      : []),
  ];
  if (name !== undefined && missing.length === 0) return { ...options, name };
  throw refusalOf([...missing, usage('golden init', 'asks for all this only in a terminal')]);
}

/** The text of the recipe. @throws Refusal with everything that is wrong with the answers. */
function textOf(given: NamedOptions, file: string, folder: string): string {
  const problems: Placed[] = [];
  const { distribution: wanted = '', architecture = 'x86_64', base, owner, kmsKey } = given;
  const distribution = Object.hasOwn(distributions, wanted) ? distributions[wanted] : undefined;
  if (!distribution)
    problems.push(
      usage(
        `--distribution ${wanted}`,
        `must be one of ${Object.keys(distributions).join(', ')}${didYouMean(wanted, Object.keys(distributions))}`,
      ),
    );
  if (distribution?.patching === 'windows' && architecture === 'arm64')
    problems.push(usage('--architecture arm64', 'AWS has Windows only for x86_64'));
  if (base !== undefined && !/^ami-[0-9a-f]{8,17}$/.test(base) && !base.includes('/'))
    problems.push(usage(`--base ${base}`, `is no AMI, parameter or channel; a channel is ${base}/stable`));
  if (owner !== undefined && (base === undefined || isChannel(base)))
    problems.push(usage(`--owner ${owner}`, 'is for a --base that is an AMI or a parameter'));
  if (!distribution || problems.length > 0) throw refusalOf(problems);
  const text = starterRecipe({
    name: given.name,
    distribution,
    architecture,
    base,
    owner,
    kmsKey,
    regions: given.regions ?? [homeRegion],
    accounts: given.accounts ?? [],
    organizations: given.organization ?? [],
    channel: given.channel ?? 'stable',
    schema: schemaFrom(folder),
  });
  const { document, locate, problems: unread } = readYaml(text, file, 'a recipe');
  const wrong = [...unread, ...(parseRecipe(document, {}).problems ?? [])];
  if (wrong.length > 0) throw refusalOf(placed(wrong, locate).map((problem) => ({ ...problem, place: {} })));
  return text;
}

const isChannel = (base: string) => base.includes('/') && !base.startsWith('/');

/** Path of the JSON schema from a folder of recipes, as editors read it. */
export function schemaFrom(folder: string): string {
  const schema = join(process.env['GOLDEN_ROOT'] ?? '.', 'recipes/recipe.schema.json');
  return relative(folder, schema).replaceAll('\\', '/');
}
