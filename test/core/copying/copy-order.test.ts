import { expect, test } from '@jest/globals';
import { firstRound, type CopyOrder } from '../../../core/copying/copy-order.ts';

test.each<[string, CopyOrder | undefined, string[], boolean]>([
  ['nothing has failed since the last published build', 'auto', [], true],
  ['a plan of an earlier version says nothing', undefined, [], true],
  ['the last build failed a check', 'auto', ['CheckFailed'], false],
  ['a plan of an earlier version says nothing and a check failed', undefined, ['CheckFailed'], false],
  ['a check failed, and then a build ended before its checks', 'auto', ['CheckFailed', 'ProvisionFailed'], false],
  ['a check failed, and then a build was stopped', 'auto', ['CheckFailed', 'ABORTED'], false],
  ['a check failed, and then the checks passed', 'auto', ['CheckFailed', 'TargetsIncomplete'], true],
  ['the checks passed, and then a check failed', 'auto', ['PublishFailed', 'CheckFailed'], false],
  ['only provisioning has failed', 'auto', ['ProvisionFailed'], true],
  ['the recipe says beside, and a check failed', 'beside-checks', ['CheckFailed'], true],
  ['the recipe says after, and nothing failed', 'after-checks', [], false],
])('where %s (%s), copies begin beside the checks: %s → %s', (_, copies, errors, beside) => {
  expect(firstRound(copies, { failures: errors.map((error) => ({ error })) })).toEqual({
    checks: true,
    copies: beside,
  });
});

test.each<[string, string, string, boolean]>([
  ['never boots', 'WaitTimedOut', 'AwaitCandidate', false],
  ['ends before SSM reaches it', 'BuilderFailed', 'AwaitCandidate', false],
  ['ends during a check', 'BuilderFailed', 'AwaitCheck', false],
  ['finds no room', 'CapacityUnavailable', 'LaunchCandidate', true],
  ['is taken away by EC2 again and again', 'CapacityUnavailable', 'AwaitCandidate', true],
])('after a build whose candidate %s (%s in %s), copies begin beside the checks: %s', (_, error, state, beside) => {
  expect(firstRound('auto', { failures: [{ error, state }] }).copies).toBe(beside);
});

test('a builder that ends, or a wait of the build before its checks, says nothing of the image', () => {
  const failures = [
    { error: 'BuilderFailed', state: 'AwaitBuilder' },
    { error: 'WaitTimedOut', state: 'AwaitImage' },
  ];
  expect(firstRound('auto', { failures }).copies).toBe(true);
});
