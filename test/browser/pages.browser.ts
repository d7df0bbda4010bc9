// The pages in a real browser, as people and their screen readers get them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { pageOfAll } from '../../core/report/page/page-of-all.ts';
import { pageOfBuild } from '../../core/report/page/page-of-build.ts';
import { allPage } from '../../pages/all/all-page.ts';
import { buildPage } from '../../pages/build/build-page.ts';
import { daysPage } from '../../pages/days/days-page.ts';
import { daysFacts } from '../support/days-facts.ts';
import { failedFacts, hostileFacts, publishedFacts } from '../support/page-facts.ts';
import { pipelineFacts } from '../support/pipeline-facts.ts';

const pages: [name: string, html: string][] = [
  ['a published build', buildPage(pageOfBuild(publishedFacts()))],
  ['a build without some regions', buildPage(pageOfBuild(publishedFacts({ regions: 17, accounts: 10 }, false)))],
  ['a failed build', buildPage(pageOfBuild(failedFacts({ left: ['snap-0123 in us-east-1'] })))],
  ['a failed build with hostile output', buildPage(pageOfBuild(hostileFacts()))],
  ['a build for a thousand accounts', buildPage(pageOfBuild(publishedFacts({ regions: 30, accounts: 1000 })))],
  ['a pipeline', allPage(pageOfAll(pipelineFacts()))],
  ['simulated days', daysPage(daysFacts())],
];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const address = 'http://page.test/report.html';

let browser: Browser;
beforeAll(async () => {
  const root = process.getuid?.() === 0; // Chromium has no sandbox for root
  browser = await chromium.launch({
    executablePath: process.env['GOLDEN_CHROMIUM'] ?? '',
    args: root ? ['--no-sandbox'] : [],
  });
});
afterAll(() => browser.close());

interface Opened {
  page: Page;
  /** Lines of the console, errors of the page, and addresses that were asked for. */
  heard: string[];
}

async function open(html: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1180, height: 900 }, ...options });
  const page = await context.newPage();
  const heard: string[] = [];
  page.on('console', (line) => heard.push(`console: ${line.text()}`));
  page.on('pageerror', (error) => heard.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => heard.push(`dialog: ${dialog.message()}`));
  await page.route('**/*', async (route) => {
    const url = route.request().url();
    if (url === address) return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
    heard.push(`asked for ${url}`);
    return route.abort();
  });
  await page.goto(address);
  return { page, heard };
}

/** What axe finds wrong by WCAG 2.2 AA and by good practice, with the place of each. */
async function wrongIn(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`);
}

describe.each(pages)('the page of %s', (_name, html) => {
  test('is quiet, asks no server for anything, and is well-formed', async () => {
    const { page, heard } = await open(html);
    expect(heard).toEqual([]);
    const text = JSON.stringify(html.replace('<!doctype html>', ''));
    const parsed = `new DOMParser().parseFromString(${text}, 'application/xhtml+xml')`;
    expect(await page.evaluate(`${parsed}.querySelector('parsererror')?.textContent ?? ''`)).toBe('');
  });

  test.each(['light', 'dark'] as const)('passes axe in %s', async (colorScheme) => {
    const { page } = await open(html, { colorScheme, bypassCSP: true });
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`);
    expect(await wrongIn(page)).toEqual([]);
  });

  test('fits a window of 360 pixels', async () => {
    const { page } = await open(html, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });

  test('can be used with the keyboard, in the order of its text', async () => {
    const { page } = await open(html);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const places: number[] = [];
    for (let at = 0; at < 8; at++) {
      await page.keyboard.press('Tab');
      places.push(await page.evaluate<number>(`[...document.querySelectorAll('*')].indexOf(document.activeElement)`));
    }
    // A short page begins again from the top.
    const again = places.findIndex((place, at) => place < (places[at - 1] ?? 0));
    const own = again < 0 ? places : places.slice(0, again);
    expect(own.length).toBeGreaterThan(1);
    expect(own).toEqual(own.toSorted((one, other) => one - other));
  });

  test('prints all of it: what is folded on the screen, too, and no navigation', async () => {
    const { page } = await open(html);
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate(`({
      nav: getComputedStyle(document.querySelector('nav')).display,
      folded: [...document.querySelectorAll('details > :not(summary)')].filter((one) => one.getBoundingClientRect().height === 0).length,
      ground: getComputedStyle(document.body).backgroundColor,
    })`);
    expect(shown).toEqual({ nav: 'none', folded: 0, ground: 'rgb(255, 255, 255)' });
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
  });
});

test('a failed step is open, the others are folded', async () => {
  const { page } = await open(buildPage(pageOfBuild(failedFacts())));
  expect(await page.evaluate(`document.querySelectorAll('.runs details[open]').length`)).toBe(1);
});
