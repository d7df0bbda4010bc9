import * as z from 'zod/mini';
import { demandImdsV2 } from '../../aws/images/image-attributes.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { inAccount } from '../../aws/accounts/other-accounts.ts';
import { takeBackLoan, takingBackLoanPermissions } from '../../aws/accounts/loans.ts';
import { changePermissions } from '../../aws/work/permissions.ts';
import { accountCopyIn } from '../../core/accounts/planned-copies.ts';
import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { changesOf, wantedOf } from '../../core/distribute/permissions.ts';
import { buildReference, caughtError, inputAccountPlace, lambda, stage } from '../stage.ts';

/**
 * Takes back what an account was lent for its copy, whether the copy was made or not. Then sets there what CopyImage does not copy:
 * IMDSv2 and permissions. A failure of the copy is handed on to Verify.
 */
export const finishAccountCopy = stage({
  name: 'FinishAccountCopy',
  input: z.strictObject({
    build: buildReference,
    ...inputAccountPlace,
    outcome: z.looseObject({
      copy: z.optional(z.looseObject({ ami: z.string(), snapshots: z.optional(z.array(z.string())) })),
      failure: z.optional(caughtError),
    }),
  }),
  permissions: ['s3:GetObject', 'sts:AssumeRole', ...takingBackLoanPermissions],
  async run({ build: own, outcome: { copy, failure }, ...input }, { aws, bucket }) {
    const plan = await readOwnPlan({ aws, bucket }, own);
    const at = onlyAccountPlace(input);
    await takeBackLoan(aws, plan, at);
    if (failure || !copy) return { ...at, failure };
    const target = accountCopyIn(plan, at);
    const copied = { ...at, ami: copy.ami, snapshots: copy.snapshots ?? [] };
    const isShared = target.accounts.length > 0;
    if (!isShared && plan.document.image.imds !== 'v2') return copied;
    const there = await inAccount(aws, target, plan, 'share');
    if (plan.document.image.imds === 'v2') await demandImdsV2(there, at.region, copy.ami);
    if (isShared) await changePermissions(there, copied, changesOf(copied, wantedOf(target), at.account));
    return copied;
  },
});

export const handler = lambda(finishAccountCopy);
