import { describe, expect, test } from '@jest/globals';
import { pageOfBuild } from '../../../core/report/page/page-of-build.ts';
import { buildPage, mostBytes } from '../../../pages/build/build-page.ts';
import { failedFacts, hostileFacts, publishedFacts } from '../../support/page-facts.ts';

const published = buildPage(pageOfBuild(publishedFacts()));
const failed = buildPage(pageOfBuild(failedFacts({ left: ['snap-0123 in us-east-1'] })));
const headings = (page: string) => [...page.matchAll(/<h2 id="[^"]*">([^<]*)</g)].map(([, title]) => title);
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

test('the page of a build of several variants shows how each ended, and leads to their pages', () => {
  const { manifest, ...facts } = publishedFacts();
  const variants = [
    { ...manifest, recipe: 'web-arm64' },
    { ...failedFacts().manifest, recipe: 'web-x86_64' },
    { ...manifest, recipe: 'web-gpu', status: 'up-to-date' as const },
  ];
  const whole = { ...manifest, source: null, image: null, targets: [], cost: undefined };
  const page = buildPage(
    pageOfBuild({ ...facts, manifest: whole as never, plan: undefined, before: undefined, variants }),
  );
  expect(headings(page)).toEqual(['Variants', 'Timeline']);
  expect(page).toContain(`href="../../web-arm64/${manifest.build}/report.html"`);
  expect(textOf(page)).toMatch(/web-x86_64 .* Failed in AwaitCommand with ProvisionFailed .*web-gpu .* Up to date: /);
});

test('a published build opens with what changed', () => {
  expect(headings(published)).toEqual([
    'What changed',
    'Timeline',
    'Regions and accounts',
    'Steps',
    'Checks',
    'Source and lineage',
    'Cost',
  ]);
  expect(textOf(published)).toContain('9 changed, 3 added, 0 removed.');
  expect(published).toMatch(
    /<span class="minus">-.*dnf -y update<\/span>\s*<span class="plus">\+.*dnf -y upgrade<\/span>/,
  );
});

test('a failed build opens with its failure, and what is left comes before what was undone', () => {
  expect(headings(failed)[0]).toBe('What failed');
  expect(textOf(failed)).toMatch(
    /no space left.*It means:.*Left behind: a person must look at it.*snap-0123.*Undone.*i-0123/,
  );
  expect(textOf(failed)).toContain('Not run: sanitize.');
});

test('a step that was passed over is open, and one that does not apply is told with its reason', () => {
  const facts = publishedFacts();
  const skipped = [{ list: 'checks' as const, name: 'arm', because: 'the source image is x86_64' }];
  const failedSteps = [{ name: 'patch', attempts: 1, command: 'c1', status: 'Failed', output: 'no' }];
  const page = buildPage(pageOfBuild({ ...facts, manifest: { ...facts.manifest, skipped, failedSteps } }));
  expect(textOf(page)).toMatch(/patch ! failed, went on/);
  expect(textOf(page)).toContain('Does not apply: arm, the source image is x86_64.');
  expect(page.match(/<details open="">\s*<summary>stdout/g)).toHaveLength(1);
});

test('a page asks no server for anything and runs no script', () => {
  for (const page of [published, failed, buildPage(pageOfBuild(hostileFacts()))]) {
    expect(page.match(/<(script|link|img|iframe|object|embed|form|base)\b/gi)).toBeNull();
    const tags = [...page.matchAll(/<[a-z][^>]*>/g)].map(([tag]) => tag);
    expect(tags.filter((tag) => /\s(src|srcset|data|on\w+)=/.test(tag))).toEqual([]);
    expect(page).toContain(`default-src 'none'`.replaceAll("'", '&#39;'));
  }
});

describe('hostile output', () => {
  const page = buildPage(pageOfBuild(hostileFacts()));

  test('is text', () => {
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&lt;/style&gt;');
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<\/body>/g)).toHaveLength(1);
  });

  test('has no control characters, and marks that turn text round are shown by name', () => {
    // oxlint-disable-next-line no-control-regex -- this is what must not be there
    expect(page.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g)).toBeNull();
    expect(page).toContain('turned ⟨U+202E⟩gpj.exe');
    expect(page).toContain('100 %');
    expect(page).not.toContain('50 %\n');
  });

  test('with a line of 200 kB is cut', () => {
    expect(page).toMatch(/long long +… \d+ more characters/);
    expect(page.length).toBeLessThan(100_000);
  });
});

test('a page stays below 300 kB: outputs get shorter, lists are cut', () => {
  const facts = publishedFacts({ regions: 30, accounts: 1000 });
  const many = Array.from({ length: 60 }, (_, index) => ({
    ...facts.plan!.provision[0]!,
    index,
    name: `step ${index}`,
  }));
  const stderr = { text: `${'"<&>"'.repeat(60)}\n`.repeat(200), bytes: 60_000 };
  const outputs = many.map(({ index }) => ({ command: `c${index}`, phase: 'provision' as const, index, stderr }));
  const timings = many.map(({ index }) => ({
    state: 'AwaitCommand',
    startedAt: '2026-11-23T03:00:00Z',
    seconds: 9,
    index,
  }));
  const packages = Array.from({ length: 3000 }, (_, index) => ({ name: `package-${index}`, version: '2' }));
  const page = buildPage(
    pageOfBuild({ ...facts, plan: { ...facts.plan!, provision: many }, outputs, timings, packages }),
  );
  expect(Buffer.byteLength(page)).toBeLessThan(mostBytes);
  expect(textOf(page)).toContain('1001 accounts');
});
