import { expect, test } from '@jest/globals';
import { introduction } from '../../../cli/simulated/introduction.ts';

test('a description has the day of the simulated build; what is known only later stays as written', () => {
  const description = 'patched on ${{ date }} as ${{ build }} from ${{ source.ami }}';
  const catalog = { recipes: { base: { name: 'base', description } } };
  const start = { region: 'us-east-1', now: Date.parse('2026-11-23T03:00:00Z') };
  const shown = (build?: string) =>
    introduction({ name: 'base', recipes: [] }, catalog, { ...start, build }, { columns: 100, colour: false });
  expect(shown()).toMatch('base  patched on 2026-11-23 as ${{ build }} from ${{ source.ami }}\n');
  expect(shown('20261123-030000-9f2c')).toMatch('patched on 2026-11-23 as 20261123-030000-9f2c from ${{ source.ami }}');
});
