import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawTimeline } from '../../../cli/simulated/days-timeline.ts';
import { skipsOf, summaryTable, verdicts } from '../../../cli/simulated/days-summary.ts';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

let folder = '';
const recipe = (name: string, more: string) => `name: ${name}
description: a recipe for a test
builder: { instanceTypes: [t3.small] }
provision: [{ name: patch, run: dnf -y upgrade }]
distribute: [{ region: us-east-1 }]
publish: { channel: stable }
${more}
`;
const parameter = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

async function simulate(args: string[], columns = 100) {
  const { terminal, out, err } = recordingTerminal({ columns });
  const exitCode = await golden(
    ['simulate', '--out', join(folder, 'out'), ...args.map((arg) => arg.replace('./', `${folder}/`))],
    terminal,
  );
  return { exitCode, out: out(), err: err() };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-days-'));
  const files = {
    'parent.yaml': recipe(
      'parent',
      `source: { parameter: ${parameter}, owner: amazon }\ntriggers: { onSourceUpdate: true }`,
    ),
    'child.yaml': recipe('child', 'source: { channel: parent/stable }\ntriggers: { onSourceUpdate: true }'),
    'missing.yaml': recipe(
      'missing',
      'source: { parameter: /aws/service/nothing/here, owner: amazon }\ntriggers: { onSourceUpdate: true }',
    ),
    'orphan.yaml': recipe('orphan', 'source: { channel: nobody/stable }'),
    'failing.yaml': 'seed: 5\ncommands: [{ step: patch, exitCode: 1 }, { step: never, exitCode: 1 }]',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterAll(() => rm(folder, { recursive: true }));

describe('two days of a child, and so of its parent', () => {
  let shown: Awaited<ReturnType<typeof simulate>>;
  beforeAll(async () => void (shown = await simulate(['--days', '2', './child.yaml'], 80)));

  test('are a line for each thing that happened, in order and with its reason', () => {
    expect(shown).toMatchObject({ exitCode: 0, err: '' });
    expect(shown.out).toMatch(
      /^ {2}2 days of 2 recipes from 2026-11-23 03:00 UTC, simulated in us-east-1, seed 1\n(.*\n)*.* 11-23 03:00 +parent +● started because the source image is (.*\n)*.*parent +✓ published in \d+m, in 1 region\n(.*\n)*.*child +– skipped, parent is still building: .*\n(.*\n)*.*child +● started because parent was published as (.*\n)*.*parent +◆ source updated to ami-…[0-9a-f]{4}: ami-amazon-linux-latest/m,
    );
    expect(shown.out.split('\n').filter((line) => line.length > 80 && !/^ {2}11-/.test(line))).toEqual([]);
    expect(shown.out).not.toContain('…\n'); // a file gets the whole text
    const times = [...shown.out.matchAll(/^ {2}(11-\d\d \d\d:\d\d) /gm)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual(times.toSorted((one = '', other = '') => one.localeCompare(other)));
  });

  test('are a page with a calendar, and the output says where', async () => {
    const path = shown.out.trimEnd().split('\n').at(-1)?.trim() ?? '';
    expect(path).toBe(join(folder, 'out', 'days.html'));
    const page = await readFile(path, 'utf8');
    expect(page).toContain('<a href="#day-2026-11-23">23 Nov</a>');
    expect(page).toMatch(/parent<\/strong>\s+published in \d+m, in 1 region/);
  });

  test('end with a row for each recipe, what it kept and what it costs', () => {
    expect(shown.out).toMatch(/^ {2}parent +2 +3 +3 +0 +0 +\d+m +\$0\.\d\d$/m);
    expect(shown.out).toMatch(/^ {2}✓ 2 of 2 source updates were published, within 1h poll \+ \d+m bake: worst \d+m$/m);
    expect(shown.out).toMatch(/^ {2}✓ no digest was built twice: 6 images\n {2}✓ children after parents: 3 of 3,/m);
    expect(shown.out).toMatch(/2 days simulated in .* · 6 builds · \$\d/);
  });
});

test('a source that does not exist is one line with how often and since when, and counts as a failure', async () => {
  const { out } = await simulate(['--days', '1', './missing.yaml', './child.yaml'], 140);
  const told = out.split('\n').filter((line) => line.includes('no usable source'));
  expect(told).toEqual([
    expect.stringMatching(
      /^ {2}11-23 03:0\d +missing +✗ no usable source 24 times until 11-24 02:0\d: no source image for /,
    ),
  ]);
  expect(out).toMatch(/^ {2}missing +0 +0 +0 +0 +1 /m);
  expect(out).toMatch(/^ {2}parent +\d+ +\d+ +\d+ +\d+ +0 /m);
  const page = await readFile(join(folder, 'out/days.html'), 'utf8');
  expect(page.split('no usable source')).toHaveLength(2);
});

test('a terminal gets lines of its width, and a file the whole text', () => {
  const says = `started because ${'the source image is newer, '.repeat(9)}so`;
  const entry = { at: '2026-11-23T03:00:00Z', event: 'started', recipes: ['base'], says } as const;
  const [short = ''] = drawTimeline([{ ...entry, recipes: ['base'] }], { columns: 80, colour: false, isTTY: true });
  expect([short.length, short.at(-1)]).toEqual([79, '…']);
  expect(drawTimeline([{ ...entry, recipes: ['base'] }], { columns: 80, colour: false, isTTY: false })[0]).toContain(
    says,
  );
});

test('the skipped starts of a recipe with variants are told, though only its variants have rows', () => {
  const at = '2026-11-23T03:00:00Z';
  const start = { at, recipe: 'multi', by: 'poll', reason: 'newer', skipped: 'up to date' };
  const table = summaryTable([], skipsOf({ starts: [start, start] }), { columns: 80, colour: false });
  expect(table).toContain('skipped: multi 2 × up to date');
});

test('a promise that was broken is named', () => {
  const broken = { name: 'built once', says: 'no digest was built twice: 2 images' } as const;
  const text = verdicts([{ ...broken, held: [], violations: ['base: b is a again'] }], { columns: 80, colour: false });
  expect(text).toBe('  ✗ no digest was built twice: 2 images\n      base: b is a again');
});

test('with --json stdout is one document; builds that fail end with exit code 1, and are told', async () => {
  const { exitCode, out, err } = await simulate([
    '--days',
    '1',
    '--json',
    '--scenario',
    './failing.yaml',
    './parent.yaml',
  ]);
  expect(exitCode).toBe(1);
  expect(err).toMatch(/nothing was hit by commands\[1\]/);
  const document = JSON.parse(out) as { timeline: { event: string; at: string; says: string }[] };
  expect(document).toMatchObject({
    schema: 1,
    days: 1,
    seed: 5,
    kept: false,
    invariants: [
      { name: 'published', kept: false, violations: [], held: [expect.stringMatching(/parent: ami-/)] },
      { name: 'built once', kept: true },
      { name: 'parents first', kept: true },
      { name: 'young', kept: true },
    ],
    recipes: [
      { recipe: 'parent', builds: 5, failed: 5, published: 0, skipped: { 'breaker open': expect.any(Number) } },
    ],
  });
  const failed = document.timeline.find(({ event }) => event === 'failed');
  expect(failed).toMatchObject({ error: 'ProvisionFailed', recipes: ['parent'], at: expect.stringMatching(/Z$/) });
});

test.each([
  [['--days', '0'], /from 1 to 366/],
  [['--days', '2', '--speed', '60'], /--speed is of one build/],
  [['--days', '2', '--override', 'name=x'], /--override is of one build/],
  [['./parent.yaml', './child.yaml'], /one recipe is built at a time; several go with --days/],
  [['--days', '2', './orphan.yaml'], /there is no .*nobody\.yaml to publish nobody\/stable/],
  [['--days', '2', './none.yaml'], /none\.yaml: cannot be read/],
  [
    ['--days', '2', '--region', 'moon-1', './parent.yaml', 'examples/web-server.yaml'],
    /moon-1: there is no such region/,
  ],
  [['--days', '2', './parent.yaml', 'examples/web-server.yaml'], /are not in one folder/],
])('%j is refused', async (args, why) => {
  const { exitCode, out, err } = await simulate(args);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(why);
});
