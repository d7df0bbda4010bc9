import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateFiles } from '../../../cli/recipes/validate.ts';
import { sha256 } from '../../../core/digest.ts';

/** A recipe without problems; each case breaks it at one place. */
export const base = `name: base
source:
  parameter: /aws/service/ami-amazon-linux-latest/al2023
  owner: amazon
builder:
  instanceTypes: [t3.small]
  rootVolume: { sizeGiB: 8 }
provision:
  - name: patch
    run: dnf -y upgrade
checks:
  - name: up
    run: 'true'
distribute:
  - region: us-east-1
    accounts: ['111122223333']
  - region: eu-west-1
publish: { channel: stable }
`;
const scripts: Record<string, string> = {
  'setup.sh': 'true\n',
  'setup.ps1': 'exit 0\n',
  'empty.sh': ' \n',
  'dos.sh': 'true\r\n',
  // digits of digests do not get smaller than half by compressing
  'huge.sh': '#'.repeat(5_000_001),
  'big.sh': Array.from({ length: 1500 }, (_, line) => `echo ${sha256(String(line))}\n`).join(''),
  'proxy.yaml': '#cloud-config\n',
  'long.sh': 'echo 0123456789\n'.repeat(8_000),
};

async function scriptFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'golden-rules-'));
  await mkdir(join(folder, 'scripts'));
  for (const [name, text] of Object.entries(scripts)) await writeFile(join(folder, 'scripts', name), text);
  return folder;
}

const mark = '¦';

/** Checks a recipe in which marks stand where problems must be found; each message is of the mark at its place. */
async function expectProblems(folder: string, marked: string, messages: string[], home?: string) {
  const places: string[] = [];
  const lines = marked.split('\n').map((line, index) => {
    let text = line;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark)) {
      places.push(`${index + 1}:${at + 1}`);
      text = text.slice(0, at) + text.slice(at + 1);
    }
    return text;
  });
  const file = join(folder, 'base.yaml');
  await writeFile(file, lines.join('\n'));
  const { ok, text } = await validateFiles([file], home);
  const expected = messages.map((message, index) => `${file}:${places[index]} ${message}`);
  expect(text).toBe(expected.length > 0 ? expected.join('\n') : `${file}: ok`);
  expect(ok).toBe(expected.length === 0);
}

export type RecipeCase = [sentence: string, from: string, to: string, ...messages: string[]];
/** Each case replaces `from` by `to`, in which a mark stands before each key that has a problem, and names the messages. */
export function casesOf(cases: RecipeCase[], recipe = base, home?: string): void {
  let folder: string;
  beforeAll(async () => {
    folder = await scriptFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));
  test.each(cases)('%s', async (_sentence, from, to, ...messages) => {
    expect(recipe).toContain(from);
    const changed = recipe.replace(from, () => to);
    await expectProblems(folder, changed, messages, home);
  });
}
