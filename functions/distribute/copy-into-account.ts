import * as z from 'zod/mini';
import { copyImage as copy } from '../../aws/images/image-making.ts';
import { findImagesIn } from '../../aws/images/images.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { inAccount } from '../../aws/accounts/other-accounts.ts';
import { lend, lendingPermissions } from '../../aws/accounts/loans.ts';
import { accountCopyIn, accountCopyToken, awaitedAccountCopy } from '../../core/accounts/planned-copies.ts';
import { accountPlaceName, onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { existingCopy } from '../../core/distribute/distribution.ts';
import { imageNameIn, imageTags } from '../../core/distribute/image-name.ts';
import { placeName } from '../../core/distribute/place.ts';
import { Failure } from '../../core/errors.ts';
import { buildReference, inputAccountPlace, lambda, stage } from '../stage.ts';

/**
 * Begins a copy of a target's image in another account, by a role of that account. The account may use the image from now on, until
 * FinishAccountCopy takes that back. The state comes after the checks, so that nothing else is ever lent.
 */
export const copyIntoAccount = stage({
  name: 'CopyIntoAccount',
  input: z.strictObject({ build: buildReference, ...inputAccountPlace }),
  permissions: ['s3:GetObject', 'sts:AssumeRole', 'ec2:DescribeImages', ...lendingPermissions],
  async run({ build: own, ...input }, { aws, bucket, now }) {
    const plan = await readOwnPlan({ aws, bucket }, own);
    const at = onlyAccountPlace(input);
    const target = accountCopyIn(plan, at);
    const there = await inAccount(aws, target, plan, 'copy');
    const copies = await findImagesIn(there, at, own);
    const known = existingCopy(copies, accountPlaceName(at), plan);
    if (known) return { ami: known.ami, ...awaitedAccountCopy(plan, target, now()) };
    const source = (await findImagesIn(aws, at, own)).find(({ state }) => state === 'available');
    if (!source)
      throw new Failure(
        'CopyFailed',
        `${placeName(at)} has no image that could be copied into ${accountPlaceName(at)}`,
      );
    await lend(aws, there, plan, target, source);
    const { region, kmsKey } = target;
    const ami = await copy(there, {
      region,
      from: { region, ami: source.ami },
      name: imageNameIn(plan, target),
      description: plan.document.description,
      token: accountCopyToken(plan, at, source.ami, copies.length),
      kmsKey,
      tags: imageTags(plan, target),
    });
    return { ami, ...awaitedAccountCopy(plan, target, now()) };
  },
});

export const handler = lambda(copyIntoAccount);
