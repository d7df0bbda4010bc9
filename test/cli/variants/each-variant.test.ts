import { expect, test } from '@jest/globals';
import { forEachVariant } from '../../../cli/variants/each-variant.ts';
import { Refusal } from '../../../cli/refused.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const words = ['base-x86_64', 'base-arm64', 'base-gpu'];

/** Runs for each word; the first one ends with a code, or is refused. */
async function run(first: number | 'refused', changes: boolean) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await forEachVariant(words, { json: true, terminal, changes }, async (word, sheet) => {
    if (word === words[0] && first === 'refused') throw new Refusal('no image');
    sheet.out(JSON.stringify({ word }));
    return word === words[0] && first !== 'refused' ? first : 0;
  });
  return { exitCode, err: err(), printed: JSON.parse(out()) as unknown[] };
}

test('a verb that only looks does so for every variant, even if one fails or is refused', async () => {
  expect(await run(1, false)).toEqual({ exitCode: 1, err: '', printed: words.map((word) => ({ word })) });
  expect(await run('refused', false)).toEqual({
    exitCode: 2,
    err: '  base-x86_64: no image\n',
    printed: [
      { status: 'refused', problems: [{ path: 'base-x86_64', message: 'no image' }] },
      { word: 'base-arm64' },
      { word: 'base-gpu' },
    ],
  });
});

test.each([[130], ['refused' as const]])(
  'a verb that changes something stops after %s, and names what it did not touch',
  async (first) => {
    const { exitCode, err, printed } = await run(first, true);
    expect([exitCode, printed.length]).toEqual([first === 130 ? 130 : 2, 1]);
    expect(err).toMatch(/ {2}Nothing was done for base-arm64, base-gpu\.\n$/);
  },
);
