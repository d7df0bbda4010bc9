import { expect, test } from '@jest/globals';
import { formatProblems, parseRecipe } from '../../../../core/recipe/recipe.ts';
import { recipeDigest } from '../../../../core/build/content-digest.ts';
import { carriedKey, carriedText, mostCarriedBytes } from '../../../../core/recipe/steps/carried.ts';
import type { Recipe } from '../../../../core/recipe/types.ts';
import { recipe } from '../../../support/pipeline.ts';

const carried = (digit: string, bytes = 10) => carriedText({ sha256: digit.repeat(64), bytes, folder: true });
const scripts = { [carriedKey('ansible')]: carried('a'), [carriedKey('files/app')]: carried('b') };
const playbook = 'ansible/site.yml';

const said = (provision: object[], known: Record<string, string> = scripts) =>
  formatProblems(parseRecipe({ ...recipe, provision }, known).problems ?? [], () => undefined);

test.each<[string, object, string]>([
  ['a playbook', { playbook }, ''],
  ['all keys', { playbook, requirements: 'ansible/r.yml', version: '2.17', extraVars: { a: [1, { b: null }] } }, ''],
  [
    'a playbook beside the recipe itself',
    { playbook: 'site.yml' },
    'provision[0].ansible.playbook: must be a .yml or .yaml file in a folder of its own, such as ansible/site.yml, got "site.yml"',
  ],
  [
    'a folder that is not there',
    { playbook: 'ansibel/site.yml' },
    "provision[0].ansible.playbook: there is no ansibel below the recipe's folder; did you mean ansible?",
  ],
  [
    'requirements elsewhere',
    { playbook, requirements: 'other/r.yml' },
    'provision[0].ansible.requirements: must lie in ansible, the folder of the playbook, which alone goes to the builder',
  ],
  [
    'a version of an installed Ansible',
    { playbook, version: '2.17', installed: true },
    'provision[0].ansible.version: goes not with installed: true, which takes the Ansible of the image',
  ],
  [
    'a version without quotes',
    { playbook, version: 2.17 },
    'provision[0].ansible.version: must be text, got the number 2.17; put it in quotes',
  ],
  [
    'a secret',
    { playbook, extraVars: { key: 'AKIAIOSFODNN7EXAMPLE' } },
    'provision[0].ansible.extraVars: contains an AWS access key id, and Run Command shows its input to others; fetch it in the playbook from an SSM SecureString or Secrets Manager',
  ],
])('%s is taken or refused at its place', (_, ansible, problem) => {
  expect(said([{ ansible }])).toBe(problem);
});

test('ansible is for Linux, and takes no variables of steps', () => {
  expect(said([{ ansible: { playbook } }, { powershell: 'exit 0' }])).toContain(
    'provision[1].powershell: is for Windows',
  );
  expect(said([{ ansible: { playbook }, env: { A: 'b' } }])).toContain('provision[0].env: goes with run');
});

test('a step that carries something takes at most 8h, and all of a recipe have at most 100 MB', () => {
  expect(said([{ ansible: { playbook }, timeout: '9h' }])).toBe(
    'provision[0].timeout: is more than the 8h of AWS-RunRemoteScript, which brings files',
  );
  const large = { ...scripts, [carriedKey('files/app')]: carried('c', mostCarriedBytes - 9) };
  const steps = [{ ansible: { playbook } }, { files: { from: 'files/app', to: '/srv' } }];
  expect(said(steps, large)).toContain(
    'provision[1].files.from: with files/app the files of the recipe have 100000001 bytes',
  );
  expect(said(steps)).toBe('');
});

test('a changed playbook changes the digest of the image', () => {
  const parsed = parseRecipe({ ...recipe, provision: [{ ansible: { playbook } }] }, scripts).recipe as Recipe;
  const digests = ['a', 'd'].map((digit) =>
    recipeDigest(parsed, { ...scripts, [carriedKey('ansible')]: carried(digit) }, '1.0.0'),
  );
  expect(digests[0]).not.toBe(digests[1]);
  expect(digests[0]).toBe(recipeDigest(parsed, { ...scripts, [carriedKey('files/app')]: carried('e') }, '1.0.0'));
});
