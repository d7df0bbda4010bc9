import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

async function scriptFor(shell: string): Promise<string> {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['completion', shell], terminal)).toBe(0);
  return out();
}

const has = (shell: string) => spawnSync(shell, ['--version']).status === 0;

/** A folder with two recipes, and a file whose name is a command. */
function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'golden-completion-'));
  try {
    mkdirSync(join(folder, 'recipes'));
    mkdirSync(join(folder, 'examples/cookbook'), { recursive: true });
    for (const path of ['recipes/al2023-base', 'recipes/web', 'recipes/_base', 'recipes/$(touch ran)'])
      writeFileSync(join(folder, `${path}.yaml`), '');
    writeFileSync(join(folder, 'examples/cookbook/edge_gpu.yaml'), '');
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(shell: string, folder: string, script: string, ...args: string[]): string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script, ...args], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter(Boolean);
}

describe('bash', () => {
  let script = '';
  beforeAll(async () => void (script = await scriptFor('bash')));
  const complete = `
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_golden
printf '%s\\n' "\${COMPREPLY[@]}"
[[ -e ran ]] && echo 'a file name was run'
true`;

  test.each([
    { words: ['pro'], offers: ['promote'] },
    { words: ['--v'], offers: ['--version'] },
    { words: ['build', ''], offers: ['al2023-base', 'edge_gpu', 'web'] },
    { words: ['build', 'w'], offers: ['web'] },
    { words: ['build', '--d'], offers: ['--detach'] },
    { words: ['build', 'web', '--region', 'eu-central'], offers: ['eu-central-1', 'eu-central-2'] },
    { words: ['build', '--region', '=', 'eu-central'], offers: ['eu-central-1', 'eu-central-2'] },
    { words: ['init', 'x', '--architecture', '='], offers: ['x86_64', 'arm64'] },
    { words: ['policy', '--format', 'o'], offers: ['organizations'] },
    { words: ['import', '--format', ''], offers: ['vmdk', 'vhd', 'raw'] },
    { words: ['revoke', 'x', '--descendants', 're'], offers: ['rebuild', 'revoke'] },
    { words: ['simulate', '--speed', ''], offers: ['real', 'max'] },
    { words: ['completion', 'f'], offers: ['fish'] },
    { words: ['logs', ''], offers: [] },
    { words: ['validate', 'rec'], offers: [] }, // bash itself offers files then
    { words: ['unknown', ''], offers: [] },
  ])('golden $words offers $offers', ({ words, offers }) => {
    const offered = inFolder((folder) => run('bash', folder, script + complete, 'golden', 'golden', ...words));
    expect(offered.toSorted()).toEqual(offers.toSorted());
  });
});

test('zsh reads its script, where it is installed', async () => {
  if (!has('zsh')) return;
  const script = await scriptFor('zsh');
  expect(
    run('zsh', '.', 'autoload -U compinit; compinit -u -D; eval "$1"; print $_comps[golden]', 'zsh', script),
  ).toEqual(['_golden']);
});

test('fish offers verbs, recipes and options, where it is installed', async () => {
  if (!has('fish')) return;
  const script = await scriptFor('fish');
  const offered = (line: string) =>
    inFolder((folder) => run('fish', folder, `${script}\ncomplete -C '${line}' | string replace -r '\\t.*' ''`));
  expect(offered('golden pro')).toEqual(['promote']);
  expect(offered('golden build w')).toEqual(['web']);
  expect(offered('golden build edge')).toEqual(['edge_gpu']);
  expect(offered('golden build --region eu-central')).toEqual(['eu-central-1', 'eu-central-2']);
});

test.each(['zsh', 'fish'])('the script for %s has every verb and its options', async (shell) => {
  const script = await scriptFor(shell);
  for (const text of ['promote', 'al2023', 'deregister', 'eu-central-1']) expect(script).toContain(text);
});
