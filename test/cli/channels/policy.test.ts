import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const recipe = (name: string, source: string, watermark = true) => `name: ${name}
source: ${source}
builder: { instanceTypes: [t3.small] }
distribute: [{ region: us-east-1 }]
publish: { channel: stable${watermark ? ', watermark: true' : ''} }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-policy-'));
  const vendor = "{ filter: { name: 'ubuntu-*', architecture: x86_64 }, owner: '099720109477' }";
  await writeFile(join(folder, 'base.yaml'), recipe('base', vendor));
  await writeFile(join(folder, 'web.yaml'), recipe('web', '{ channel: base/stable }'));
  await writeFile(join(folder, 'plain.yaml'), recipe('plain', '{ ami: ami-0123456789abcdef0, owner: self }', false));
});
afterAll(() => rm(folder, { recursive: true }));

async function policy(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const code = await golden(['policy', ...args, '--recipes', folder, '--simulate'], terminal);
  return { code, out: out(), err: err() };
}
const mark = (name: string, days: number) => ({
  WatermarkKey: expect.stringMatching(new RegExp(`^\\d{12}:golden-image-dev-us-east-1/${name}$`)),
  MaximumDaysSinceWatermarkCreated: days,
});

test('the criteria name the recipes whose images are launched, not those that others are made from', async () => {
  const { code, out, err } = await policy('--days', '30');
  expect(code).toBe(0);
  expect(err).not.toContain('note:');
  expect(JSON.parse(out)).toEqual([
    {
      ImageProviders: [expect.stringMatching(/^\d{12}$/)],
      ImageWatermarks: [mark('web', 30)],
      DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 },
    },
  ]);
});

test('a base that is named all the same has a note, since its children inherit its watermark', async () => {
  const { out, err } = await policy('base', 'web');
  expect(JSON.parse(out)).toMatchObject([{ ImageWatermarks: [mark('base', 90), mark('web', 90)] }]);
  expect(err).toContain('the images of web inherit the watermark of base, unpublished ones too');
});

test("the pipeline's own account may launch the sources of its recipes, too", async () => {
  expect(JSON.parse((await policy('--pipeline')).out)).toMatchObject([{}, { ImageProviders: ['099720109477'] }]);
});

test.each([
  [['plain'], 'plain has no publish.watermark: true'],
  [['other'], 'there is no recipe other in'],
  [['--days', '0'], 'Give a number from 1 to 3650'],
])('%j is refused', async (args, says) => {
  const { code, out, err } = await policy(...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
});
