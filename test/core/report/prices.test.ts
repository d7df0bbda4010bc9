import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { instanceHour } from '../../../core/report/prices.ts';

const files = ['docs', 'examples', 'recipes', 'core/starter'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|yaml|ts)$/.test(name))
    .map((name) => join(folder, name)),
);
const instanceType = /\b[a-z]+\d[a-z]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal)\b/g;
// docs/plan.md shows what is said of a type without a price
const unknown = new Set(['m9i.large']);

test('every instance type of the examples, of the docs and of golden init has a price', () => {
  const named = files.flatMap((file) => readFileSync(file, 'utf8').match(instanceType) ?? []);
  expect(named).toEqual(expect.arrayContaining(['t4g.small', 'm7g.medium', 'm6g.medium', 'g6.xlarge']));
  expect(named.filter((type) => !unknown.has(type) && !instanceHour[type])).toEqual([]);
});

test('every type of the examples for Windows has a price with its licence', () => {
  const named = files
    .filter((file) => /windows.*\.yaml$/.test(file))
    .flatMap((file) => readFileSync(file, 'utf8').match(instanceType) ?? []);
  expect(named).toContain('m6i.large');
  expect(named.filter((type) => instanceHour[type]?.windows === undefined)).toEqual([]);
});
