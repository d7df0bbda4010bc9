import { accountCopyIn, planIn, type AccountResult } from '../../core/accounts/planned-copies.ts';
import { onlyAccountPlace, type AccountPlace } from '../../core/accounts/account-copies.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { CaughtError } from '../../core/build/timings.ts';
import { needsCopy, targetIn, type TargetResult } from '../../core/distribute/distribution.ts';
import { completionOf } from '../../core/distribute/lasting.ts';
import { onlyPlace, type Place } from '../../core/distribute/place.ts';
import { judged } from '../../core/distribute/target.ts';
import { asShared, asSharedCopy, type BuildSharing } from '../../core/share/build-sharing.ts';
import { verifyWrongs } from '../../core/publish/watermark.ts';
import { lastingFailure } from '../../core/errors.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import { failureBrief } from '../../core/report/failure.ts';
import type { Connection } from '../connection.ts';
import { inAccount } from '../accounts/other-accounts.ts';
import { observeTarget } from '../work/targets.ts';

/** What the states before Verify made of a target: its image, or why there is none. */
interface Outcome {
  region: string;
  id?: string | null | undefined;
  ami?: string | undefined;
  snapshots?: string[] | undefined;
  failure?: CaughtError | undefined;
}

/** `hopeless`: the target can never become right. */
export interface Judged<Result = TargetResult> {
  hopeless: boolean;
  result: Result;
}

const failed = <At extends Place>(at: At, error: string) => ({ hopeless: true, result: { ...at, error } });

/** What is judged: a build before its publish, or a published one before a channel moves to it. */
interface Judging {
  /** Before a move: who may use the images since they were published. */
  published?: { sharing: BuildSharing | undefined };
}

/**
 * Reads targets back, and compares each with the recipe and with the first AMI. `first` is absent where the pipeline's own region is
 * no target.
 */
export async function judgeTargets(
  aws: Connection,
  plan: Plan,
  distribution: Outcome[],
  { published }: Judging = {},
): Promise<{ here: Judged[]; first: AmiDescription | undefined }> {
  const looked = await Promise.all(
    distribution.map(async ({ ami = '', failure, ...found }) => {
      const planned = targetIn(plan, onlyPlace(found));
      const target = published ? asShared(planned, published.sharing) : planned;
      return { target, observed: failure ? undefined : await observeTarget(aws, plan, target, ami) };
    }),
  );
  const first = looked.find(({ target }) => !needsCopy(plan, target))?.observed?.image;
  const here = distribution.map(({ ami, snapshots, failure, ...found }, index): Judged => {
    const [at, { target, observed }] = [onlyPlace(found), looked[index] as (typeof looked)[number]];
    if (failure || !observed) return failed(at, failure ? failureBrief(failure) : 'it was not looked at');
    const wrongs = verifyWrongs(plan, target, observed, first, published ? 'published' : 'not yet');
    return judged(wrongs, { ...at, ami, snapshots, completedAt: completionOf(observed) });
  });
  return { here, first };
}

/**
 * Reads a copy in another account back, by the role of that account, and compares it with the recipe.
 * @param moving Before a move: opens the role that the account has now, and says who may use the copy since its publish.
 */
export async function judgeAccountCopy(
  aws: Connection,
  plan: Plan,
  { ami, snapshots, failure, ...found }: Outcome & { account: string },
  first: AmiDescription | undefined,
  moving?: { open: (at: AccountPlace) => Promise<Connection>; sharing: BuildSharing | undefined },
): Promise<Judged<AccountResult>> {
  const at = onlyAccountPlace(found);
  if (failure) return failed(at, failureBrief(failure));
  const planned = accountCopyIn(plan, at);
  const copy = moving ? asSharedCopy(planned, moving.sharing) : planned;
  try {
    const there = moving ? await moving.open(at) : await inAccount(aws, copy, plan, 'verify');
    const observed = await observeTarget(there, plan, copy, ami ?? '');
    const wrongs = verifyWrongs(planIn(plan, copy), copy, observed, first, moving ? 'whichever' : 'not yet');
    const { hopeless, result } = judged(wrongs, { ...at, ami, snapshots });
    return { hopeless, result: { ...result, ...at } };
  } catch (error) {
    return failed(at, lastingFailure(error).message);
  }
}
