import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { coveredSeconds, timelineOfBuild } from '../../../../core/report/page/timeline.ts';
import { planOf } from '../../../support/plan.ts';

const plan = planOf();
const start = Date.parse('2026-11-23T03:00:00Z');
const visit = (state: string, from: number, to: number, index?: number) => ({
  state,
  startedAt: new Date(start + from * 1000).toISOString(),
  seconds: to - from,
  ...(index !== undefined && { index }),
});

const timings = [
  visit('Resolve', 0, 2),
  visit('Launch', 2, 4),
  visit('AwaitBuilder', 4, 60),
  visit('SendCommand', 60, 61, 0),
  visit('AwaitCommand', 61, 101, 0),
  visit('CopyImage', 101, 102, 1),
  visit('AwaitCheck', 101, 111, 0),
  visit('AwaitCopy', 102, 200, 1),
  visit('CopyImage', 101, 103, 0),
  visit('NewState', 200, 201),
];

test('visits stand in lanes of steps and regions by name, in the order of a build', () => {
  const timeline = timelineOfBuild(timings, plan, ({ state }) => state === 'AwaitCopy');
  expect(timeline?.lanes.map(({ group, name }) => `${group}: ${name}`)).toEqual([
    'Builder: Plan',
    'Builder: Start the builder',
    `Builder: ${plan.provision[0]?.name}`,
    `Checks: ${plan.checks[0]?.name ?? 'Checks 1'}`,
    `Regions: ${plan.document.distribute[0]?.region}`,
    `Regions: ${plan.document.distribute[1]?.region ?? 'Regions 2'}`,
    'End: NewState',
  ]);
  expect(timeline?.lanes[5]?.visits).toEqual([
    { state: 'CopyImage', spent: 'working', from: 101, to: 102 },
    { state: 'AwaitCopy', spent: 'waiting', from: 102, to: 200, failed: true },
  ]);
  expect(timeline).toMatchObject({ startedAt: '2026-11-23T03:00:00.000Z', seconds: 201 });
});

test('a second counts once: for a command that runs, else for what is awaited, else for the pipeline', () => {
  const spent = timelineOfBuild(timings, undefined, () => false)?.spent;
  // the copy is awaited from 102 on, but the check runs until 111
  expect(spent).toEqual({ commands: 50, waiting: 56 + 89, working: 201 - 50 - 145 });
});

test('overlapping visits are counted once', () => {
  const span = (from: number, to: number) => ({ state: 'A', spent: 'waiting' as const, from, to });
  expect(coveredSeconds([span(5, 10), span(0, 6), span(20, 21)])).toBe(11);
});

test('a build without timings has no timeline', () => {
  expect(timelineOfBuild([], plan, () => false)).toBeUndefined();
});

test('every state of a build that calls a function has its lane', () => {
  const machine = readFileSync('statemachines/build-image.asl.json', 'utf8');
  const tasks = [...machine.matchAll(/"(\w+)": \{\s*"Comment": "[^"]*",\s*"Type": "Task"/g)].map(
    ([, state = '']) => state,
  );
  expect(tasks.length).toBeGreaterThan(30);
  const lanes =
    timelineOfBuild(
      tasks.map((state, at) => visit(state, at, at + 1)),
      plan,
      () => false,
    )?.lanes ?? [];
  expect(
    lanes.map(({ name }) => name).filter((name) => tasks.includes(name) && name !== 'Verify' && name !== 'Publish'),
  ).toEqual([]);
});
