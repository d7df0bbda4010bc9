import { expect, test } from '@jest/globals';
import type { FailedBuild } from '../../../core/build/record.ts';
import { firstRound, type CopyOrder } from '../../../core/distribute/copy-order.ts';

const failed = (...errors: string[]): FailedBuild[] =>
  errors.map((error, index) => ({
    build: `20261123-03000${index}-0000`,
    automatic: false,
    source: null,
    digest: null,
    recipeDigest: '',
    error,
    at: `2026-11-23T03:0${index}:00Z`,
  }));

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
  expect(firstRound(copies, { failures: failed(...errors) })).toEqual({ checks: true, copies: beside });
});
