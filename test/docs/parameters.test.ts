import { expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { golden } from '../../cli/golden.ts';
import { baseProblems } from '../../core/recipe/bases/base-problems.ts';
import { withBase } from '../../core/recipe/bases/with-base.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';

const page = readFileSync('docs/parameters.md', 'utf8');
const texts = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, text = '']) => text);
const [app, triggers, base, web] = texts.map((text) => parse(text) as Record<string, unknown>);
const scripts = { 'scripts/configure.sh': 'true\n', 'bases/scripts/harden.sh': 'true\n' };

test('the recipe with parameters is right, and gets the values of a start', () => {
  const parameters = { version: '2.5.0', types: 'm5.large,m5a.large' };
  const { recipe, problems } = parseRecipe({ ...app, ...triggers }, scripts, { given: { parameters } });
  expect(problems).toBeUndefined();
  expect(recipe).toMatchObject({
    builder: { instanceTypes: ['m5.large', 'm5a.large'], rootVolume: { sizeGiB: 20 } },
    provision: [{ run: 'dnf -y install app-2.5.0' }, { env: { APP_VERSION: '2.5.0' } }],
    image: { tags: { 'app-version': '2.5.0' } },
  });
});

test('the base is right, and so is the recipe that extends it', () => {
  expect(baseProblems(base)).toEqual([]);
  const { recipe, problems } = parseRecipe(withBase(web ?? {}, base, 'bases/'), scripts);
  expect(problems).toBeUndefined();
  expect(recipe).toMatchObject({
    builder: { rootVolume: { sizeGiB: 20, kmsKey: 'alias/golden' } },
    provision: [{ script: 'bases/scripts/harden.sh' }],
    image: { tags: { team: 'platform' } },
  });
});

test('both recipes are simulated as they are written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-parameters-'));
  const [appText = '', , baseText = '', webText = ''] = texts;
  const files = { 'app.yaml': appText, 'bases/linux.yaml': baseText, 'web.yaml': webText, ...scripts };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const args of [['app.yaml', '--var', 'version=2.5.0'], ['web.yaml']]) {
    const [file = '', ...options] = args;
    const { terminal, err } = recordingTerminal();
    expect([await golden(['simulate', join(folder, file), ...options, '--out', folder], terminal), err()]).toEqual([
      0,
      '',
    ]);
  }
});
