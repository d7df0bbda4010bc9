import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from './stage.ts';

/** Phases whose functions are called by events and schedules. The functions of all other phases are states of a machine. */
const calledByEvents = ['report', 'start', 'wake'];

/** A function as the tree has it: `functions/bake/await-image.ts` exports `awaitImage`, whose state is `AwaitImage`. */
export interface FunctionInTree {
  /** Name of the export, and key of the function in the template. */
  key: string;
  /** Path from the root of the tree. */
  file: string;
  stage: Stage<never>;
  /** Whether events and schedules call the function. Otherwise a state machine does. */
  byEvents: boolean;
}

const camelCase = (name: string) => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

async function load(phase: string, name: string): Promise<FunctionInTree> {
  const key = camelCase(name);
  // esbuild finds the files by this pattern when it bundles, so the extension and the two variables must stay as they are.
  const module = (await import(`./${phase}/${name}.ts`)) as Record<string, Stage<never>>;
  const stage = module[key];
  const file = `functions/${phase}/${name}.ts`;
  if (!stage) throw new Error(`${file} exports no ${key}.`);
  return { key, file, stage, byEvents: calledByEvents.includes(phase) };
}

const folder = join(process.env['GOLDEN_ROOT'] ?? '.', 'functions');
const namesIn = (path: string, pick: (name: string, isFolder: boolean) => boolean): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => pick(entry.name, entry.isDirectory()))
    .map(({ name }) => name)
    .toSorted();

const sources = namesIn(folder, (_, isFolder) => isFolder).flatMap((phase) =>
  namesIn(join(folder, phase), (name) => name.endsWith('.ts')).map((name) => ({ phase, name: name.slice(0, -3) })),
);
const found: FunctionInTree[] = [];
// One after another, because Jest's loader of modules cannot import files that share imports at the same time.
for (const { phase, name } of sources) found.push(await load(phase, name));

const twice = found.find(({ key }, index) => found.findIndex((other) => other.key === key) !== index);
if (twice) throw new Error(`Two files are the function ${twice.key}. One of them is ${twice.file}.`);

/** Every function of the pipeline, found in the folders of functions/. No deployed function imports this file. */
export const allFunctions: readonly FunctionInTree[] = found;
