import { expect, test } from '@jest/globals';
import { firstRound, type CopyOrder } from '../../../core/distribute/copy-order.ts';

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
