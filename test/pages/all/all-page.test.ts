import { expect, test } from '@jest/globals';
import { pageOfAll } from '../../../core/report/page/page-of-all.ts';
import { allPage } from '../../../pages/all/all-page.ts';
import { pipelineFacts } from '../../support/pipeline-facts.ts';

const headings = (page: string) => [...page.matchAll(/<h2 id="[^"]*">([^<]*)</g)].map(([, title]) => title);

test('what needs a look comes first', () => {
  expect(headings(allPage(pageOfAll(pipelineFacts())))).toEqual([
    'Needs a look',
    'Channels',
    'Builds',
    'Failures',
    'Cost',
  ]);
});

test('a pipeline where all is well says so', () => {
  const page = allPage(pageOfAll(pipelineFacts(true)));
  expect(headings(page)).toEqual(['Channels', 'Builds', 'Cost']);
  expect(page).toContain('Every channel is healthy in 5 regions');
});

test('a pipeline without channels and builds has a page', () => {
  const page = allPage(pageOfAll({ ...pipelineFacts(), channels: [], builds: [] }));
  expect(page).toContain('No channel has an image yet.');
});

test('a year of many recipes stays below 300 kB', () => {
  const facts = pipelineFacts();
  const copies = Array.from({ length: 60 }, (_, index) => `recipe-${index}`);
  const builds = copies.flatMap((recipe) => facts.builds.slice(0, 60).map((build) => ({ ...build, recipe })));
  const channels = copies.flatMap((recipe) => facts.channels.slice(0, 5).map((channel) => ({ ...channel, recipe })));
  expect(Buffer.byteLength(allPage(pageOfAll({ ...facts, builds, channels })))).toBeLessThan(300_000);
});
