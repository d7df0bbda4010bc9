import { expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { readdirSync, readFileSync } from 'node:fs';
import { examples, verbsOf } from '../cli/golden.ts';
import { processSurroundings } from '../cli/surroundings.ts';
import { recordingTerminal } from './cli/recording-terminal.ts';

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);
const calls = /(?:npm run golden --|npm start --|npm start(?![\w-])|npx golden|\bgolden(?= [a-z]))/;

/** The words of a command line, as a shell takes them apart. A pipe or a redirection ends it. */
function wordsOf(line: string): string[] {
  const [words = ''] = /^(?:'[^']*'|"[^"]*"|<[a-z ]+>|[^'"|>;)])*/.exec(line) ?? [];
  return (words.match(/(?:<[a-z ]+>|'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) => word.replaceAll(/['"]/g, ''));
}

/** What golden gets of a line that calls it: the verb and its words. */
function argsIn(line: string): string[] | undefined {
  const [command = ''] = line.split(/\s#\s/);
  const [call = ''] = calls.exec(command) ?? [];
  if (call === '') return undefined;
  const args = wordsOf(command.slice(command.indexOf(call) + call.length));
  return call.startsWith('npm start') ? ['simulate', ...args] : args;
}

const inBlocks = (text: string) =>
  [...text.matchAll(/^```(?:sh|console|yaml)?\n([^]*?)^```/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .filter((line) => /^\s*(?:\$ )?(?:npm|npx|golden|source)\b|\bnpm run golden\b/.test(line)),
  );

function program(): Command {
  const { terminal } = recordingTerminal();
  const all = verbsOf({ terminal, surroundings: processSurroundings(), ended: () => undefined });
  for (const verb of all.commands) verb.action(() => undefined);
  return all;
}

async function wrongIn(lines: string[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const line of lines) {
    const args = argsIn(line);
    if (args)
      await program()
        .parseAsync(args, { from: 'user' })
        .catch((error: Error) => wrong.push(`${line}: ${error.message}`));
  }
  return wrong;
}

test.each([
  ["$ golden policy web --override a='[b, c]' > x.json", ['policy', 'web', '--override', 'a=[b, c]']],
  ['source <(golden completion bash)    # for good', ['completion', 'bash']],
  ['npm start -- --days 3   # golden by its name', ['simulate', '--days', '3']],
  ['npm link   # golden by its name', undefined],
])('of the line %s golden gets %j', (line, args) => {
  expect(argsIn(line)).toEqual(args);
});

test.each(pages)('golden takes every command line that %s shows', async (page) => {
  expect(await wrongIn(inBlocks(readFileSync(page, 'utf8')))).toEqual([]);
});

test('golden takes the examples of its help', async () => {
  const lines = examples.match(/^ {2}golden .*/gm) ?? [];
  expect(lines.length).toBeGreaterThan(20);
  expect(await wrongIn(lines.map((line) => line.trim().replace(/ {3}.*/, '')))).toEqual([]);
});

test.each(pages)('the verbs and options that %s names in its sentences exist', (page) => {
  const verbs = new Map(program().commands.map((verb) => [verb.name(), verb]));
  const sentences = readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
  const unknown = [...sentences.matchAll(/`(?:npx |npm run )?golden (?:-- )?([a-z]+)([^`\n]*)`/g)].flatMap(
    ([text, name = '', rest = '']) => {
      const options = rest.match(/--[a-z-]+/g) ?? [];
      const known = verbs.get(name)?.options.map(({ long }) => long);
      return known && options.every((option) => known.includes(option)) ? [] : [text];
    },
  );
  expect(unknown).toEqual([]);
});

test('the table of README.md has every verb, and the sign of those that can be simulated', () => {
  const rows = readFileSync('README.md', 'utf8').match(/^\|.*\|$/gm) ?? [];
  const shown = rows.flatMap((row) => [...row.matchAll(/(?:\| +|· |and )`([a-z]+)`( ◦)?/g)]);
  const simulated = new Map(shown.map(([, name = '', sign]) => [name, sign !== undefined]));
  const has = ({ options }: Command) => options.some(({ long }) => long === '--simulate');
  const verbs = program().commands.filter((verb) => verb.name() !== 'import'); // which also stands there for translating files
  expect(verbs.filter((verb) => simulated.get(verb.name()) !== has(verb)).map((verb) => verb.name())).toEqual([]);
});
