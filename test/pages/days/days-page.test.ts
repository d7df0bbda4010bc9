import { expect, test } from '@jest/globals';
import { daysPage } from '../../../pages/days/days-page.ts';
import { daysFacts } from '../../support/days-facts.ts';

const headings = (page: string) => [...page.matchAll(/<h2 id="[^"]*">([^<]*)</g)].map(([, title]) => title);

test('a day of the calendar leads to what happened then, and why', () => {
  const page = daysPage(daysFacts());
  expect(headings(page)).toEqual(['Calendar', 'What happened, and why', 'Recipes', 'Promises']);
  const links = [...page.matchAll(/href="#(day-[^"]+)"/g)].map(([, id]) => id);
  expect(links).toHaveLength(30);
  for (const id of links) expect(page).toContain(`<h3 id="${id}">`);
  expect(page).toContain('&lt;b&gt;because&lt;/b&gt;');
});

test('a broken promise comes first', () => {
  const page = daysPage(daysFacts(30, true));
  expect(headings(page)[0]).toBe('Promises');
  expect(page).toContain('1 of 2 promises were broken');
  expect(page).toContain('al2023-base built d1 twice');
});

test('a year stays below 300 kB, and says how many events are left out', () => {
  const page = daysPage(daysFacts(366));
  expect(Buffer.byteLength(page)).toBeLessThan(300_000);
  expect(page).toMatch(/\d+ further events are left out/);
});
