import { accountArn } from '../../core/accounts/account-role.ts';
import { loanName } from '../../core/accounts/planned-copies.ts';
import type { Plan } from '../../core/build/plan.ts';
import { Failure } from '../../core/errors.ts';
import type { AccountScope } from '../../core/accounts/account-scopes.ts';
import { nothingRemoved, together, unseen, type Removal } from '../../core/undo/removal.ts';
import { decideUndo } from '../../core/undo/undo.ts';
import type { Connection } from '../connection.ts';
import { revokeGrants } from '../accounts/key-grants.ts';
import { takeBackLoan } from '../accounts/loans.ts';
import { inAccount } from '../accounts/other-accounts.ts';
import { carryOut } from './carry-out.ts';
import { lookAtBuild } from './look.ts';

/** A refusal is told, and stops nothing else. */
async function unlessRefused(what: string, work: () => Promise<Removal>): Promise<Removal> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.name === 'AwsTransient') return unseen(`${what}: ${error.message}`);
    return { ...nothingRemoved, refused: [`${what}: ${error.message}`] };
  }
}

/**
 * Revokes the grants of keys that were lent for a build's copies. Its permissions go with its images, or Verify has seen them gone. An
 * image that goes to further accounts stays, so it gets its permissions back, too.
 */
const takeBackKeys = (aws: Connection, plan: Plan, { copies }: AccountScope): Promise<Removal[]> =>
  Promise.all(
    copies.map((copy) =>
      unlessRefused(`the grant of a key to ${copy.account} in ${copy.region}`, async () => {
        const at = { region: copy.region, account: plan.account };
        const grants = () => revokeGrants(aws, copy.region, loanName(plan, copy), accountArn(at));
        const revoked = plan.adds ? await takeBackLoan(aws, plan, copy) : (await grants()) > 0;
        const removed = `took back the key in ${copy.region} that account ${copy.account} was lent`;
        return { ...nothingRemoved, removed: revoked ? [removed] : [] };
      }),
    ),
  );

/** Takes one look at a build's copies in one region of another account, and removes what core decides. */
export async function undoInAccount(
  aws: Connection,
  plan: Plan,
  undone: AccountScope,
  until?: string,
): Promise<Removal> {
  const { copies, scope } = undone;
  const where = `account ${copies[0].account}`;
  const named = (list: string[]) => list.map((one) => `${one} (${where})`);
  const there = unlessRefused(`what the build left in ${copies[0].region} of ${where}`, async () => {
    const role = await inAccount(aws, copies[0], plan, 'undo');
    const removal = await carryOut(role, decideUndo(scope, await lookAtBuild(role, plan, scope), until));
    const { removed, left, refused } = removal;
    return { ...removal, removed: named(removed), left: named(left), refused: named(refused) };
  });
  return together([...(await takeBackKeys(aws, plan, undone)), await there]);
}
