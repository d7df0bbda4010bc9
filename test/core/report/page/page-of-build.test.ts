import { describe, expect, test } from '@jest/globals';
import { pageOfBuild } from '../../../../core/report/page/page-of-build.ts';
import { failedFacts, publishedFacts } from '../../../support/page-facts.ts';

describe('the verdict', () => {
  test('of a build that reached every region', () => {
    expect(pageOfBuild(publishedFacts())).toMatchObject({
      verdict: 'published',
      says: 'The image is published in 3 regions',
    });
  });

  test('of a build without some of its targets', () => {
    const { verdict, says } = pageOfBuild(publishedFacts({ regions: 3, accounts: 1 }, false));
    expect({ verdict, says }).toEqual({ verdict: 'partly', says: 'The image is published in 1 of 3 regions' });
  });

  test('of a build that could not remove everything', () => {
    const facts = publishedFacts();
    const failure = { state: 'CleanUp', error: 'WaitTimedOut', cause: 'x', undone: [], left: ['i-0123'], kept: [] };
    const { verdict, says } = pageOfBuild({ ...facts, manifest: { ...facts.manifest, failure } });
    expect({ verdict, says }).toEqual({
      verdict: 'partly',
      says: 'The image is published in 3 regions, but not everything temporary is gone',
    });
  });

  test('of a failed build, with what it means and what to do', () => {
    const page = pageOfBuild(failedFacts());
    expect(page.says).toBe('Failed in AwaitCommand with ProvisionFailed');
    expect(page.failure).toMatchObject({ means: 'a provisioning step did not succeed', advice: expect.any(String) });
  });
});

test('the step that failed is the last one that began, and later ones did not run', () => {
  const { steps, checks } = pageOfBuild(failedFacts());
  expect(steps.map(({ name, outcome, seconds }) => [name, outcome, seconds])).toEqual([
    ['patch', 'failed', 81],
    ['sanitize', 'not run', null],
  ]);
  expect(steps[0]?.outputs.map(({ command }) => command)).toEqual(['c1']);
  expect(checks.map(({ outcome }) => outcome)).toEqual(['not run']);
});

test('a step has the outputs of all its commands, also from before a retry gave it another place', () => {
  const facts = failedFacts();
  const outputs = [
    { command: 'c0', name: 'patch', phase: 'provision' as const, index: 3 },
    { command: 'c9', name: 'end of hold 1', phase: 'provision' as const, index: 0 },
    ...facts.outputs,
  ];
  const { steps } = pageOfBuild({ ...facts, outputs });
  expect(steps[0]?.outputs.map(({ command }) => command)).toEqual(['c0', 'c1']);
});

test('a build is compared with the published one that it replaces', () => {
  const { changes } = pageOfBuild(publishedFacts());
  expect(changes).toMatchObject({
    since: '20261116-030000-1a2b',
    source: { from: { ami: 'ami-0fedcba9876543210' }, to: { ami: 'ami-0123456789abcdef0' } },
    commands: ['patch'],
  });
  expect(changes?.packages).toMatchObject({ removed: [], changed: { length: 9 }, added: { length: 3 } });
});

test('packages are not compared if one build left no inventory', () => {
  const facts = publishedFacts();
  expect(pageOfBuild({ ...facts, packages: undefined }).changes?.packages).toBeUndefined();
});

test('the target that failed and the state that failed the build are marked in the timeline', () => {
  const partly = pageOfBuild(publishedFacts({ regions: 3, accounts: 1 }, false));
  const failed = (page: typeof partly) =>
    page.timeline?.lanes.flatMap(({ name, visits }) =>
      visits.filter((one) => one.failed).map(({ state }) => `${name}: ${state}`),
    );
  expect(failed(partly)).toEqual(['us-west-2: GrantPermissions']);
  expect(failed(pageOfBuild(failedFacts()))).toEqual(['patch: AwaitCommand']);
});

test('a step that failed and was passed over, one that was tried again, and one that does not apply are told', () => {
  const facts = publishedFacts();
  const again = { state: 'AwaitCommand', startedAt: '2026-11-23T03:02:16.000Z', seconds: 3, index: 0 };
  const skipped = [{ list: 'provision' as const, name: 'reboot-arm', because: 'the source image is x86_64' }];
  const failedSteps = [{ name: 'patch', attempts: 2, command: 'c1', exitCode: 3, status: 'Failed', output: 'no' }];
  const page = pageOfBuild({
    ...facts,
    timings: [...facts.timings, again],
    manifest: { ...facts.manifest, skipped, failedSteps },
  });
  expect(page).toMatchObject({
    verdict: 'partly',
    says: 'The image is published in 3 regions, although patch failed',
    steps: [
      { name: 'patch', outcome: 'went on', attempts: 2 },
      { name: 'sanitize', outcome: 'done', attempts: 1 },
    ],
    skipped,
  });
});

test('an instance that is held is told with what a person can do', () => {
  const facts = failedFacts();
  const held = { instance: 'i-0123', region: 'us-east-1', role: 'builder' as const, until: '2026-11-23T05:00:00Z' };
  const failure = { ...facts.manifest.failure!, held };
  expect(pageOfBuild({ ...facts, manifest: { ...facts.manifest, failure } }).failure?.held).toEqual([
    'HELD until 2026-11-23T05:00:00Z: builder i-0123 in us-east-1',
    expect.stringContaining('golden shell 20261123-030000-9f2c'),
  ]);
});
