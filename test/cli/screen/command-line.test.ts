import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine } from '../../../cli/screen/command-line.ts';

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['by its name', {}, 'golden logs x'],
  ['by npx', { npm_command: 'exec', npm_lifecycle_event: 'npx' }, 'npx golden logs x'],
  ['by npm run golden', { npm_command: 'run-script', npm_lifecycle_event: 'golden' }, 'npm run golden -- logs x'],
  ['by npm start', { npm_command: 'start', npm_lifecycle_event: 'start' }, 'npm run golden -- logs x'],
  ['by another script', { npm_command: 'run-script', npm_lifecycle_event: 'test' }, 'golden logs x'],
])('the next command line of a user who calls golden %s begins in the same way', (_how, env, typed) => {
  expect(commandLine('logs x', env)).toBe(typed);
});

test('every hint at a command line with a value is made there', () => {
  const files = readdirSync('cli', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const literal = /\bgolden [a-z]+ \$\{/;
  expect(files.filter((name) => literal.test(readFileSync(join('cli', name), 'utf8')))).toEqual([]);
});
