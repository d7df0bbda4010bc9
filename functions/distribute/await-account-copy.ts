import * as z from 'zod/mini';
import { lookAtImage } from '../../aws/images/images.ts';
import { readPlan } from '../../aws/memory/plans.ts';
import { inAccount } from '../../aws/accounts/other-accounts.ts';
import { accountCopyIn } from '../../core/accounts/planned-copies.ts';
import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { buildReference, inputAccountPlace, lambda } from '../stage.ts';
import { secondsSince, wait, waitBounds } from '../wait.ts';

/** Waits until a copy in another account is available. The events of that account do not come here. */
export const awaitAccountCopy = wait({
  name: 'AwaitAccountCopy',
  input: z.looseObject({ build: buildReference, ...inputAccountPlace, ami: z.string(), wait: waitBounds }),
  permissions: ['s3:GetObject', 'sts:AssumeRole'],
  bounds: (event) => event.wait,
  async look({ build: own, ami, since, ...input }, { aws, bucket, now }) {
    const plan = await readPlan({ aws, bucket }, own);
    const copy = accountCopyIn(plan, onlyAccountPlace(input));
    const there = await inAccount(aws, copy, plan, 'look');
    return lookAtImage(there, copy.region, ami, 'CopyFailed', secondsSince(since, now()));
  },
});

export const handler = lambda(awaitAccountCopy);
