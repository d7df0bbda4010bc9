import { accountPlaceName } from '../../core/accounts/account-copies.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { placeName } from '../../core/distribute/place.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { readPlan } from '../memory/plans.ts';
import { judgeAccountCopy, judgeTargets, type Judged } from './judge-targets.ts';

/** What was found of one image of the build that a channel moves to. */
interface JudgedImage {
  where: string;
  hopeless: boolean;
  error: string | undefined;
}

/** Opens the roles of other accounts. Loaded here, because few recipes have copies there. */
async function doorsOf(artifacts: Artifacts, { recipe, move: { to, verb, who } }: PlannedMove) {
  const { accountRoles } = await import('../accounts/account-roles.ts');
  const { accountDoors } = await import('../accounts/other-accounts.ts');
  const roleOf = await accountRoles(artifacts, { recipe, build: to.build });
  const open = accountDoors(artifacts.aws, { recipe, build: to.build, by: { verb, who } }, 'verify');
  return (at: Parameters<typeof roleOf>[0]) => open(roleOf(at));
}

/** Judges everything of a build that a channel moves to, as Verify judges it before its publish. */
export async function judgeMove(artifacts: Artifacts, planned: PlannedMove): Promise<JudgedImage[]> {
  const { recipe, move } = planned;
  const { to, after, accounts } = move;
  const about = { recipe, build: to.build };
  const [plan, sharing] = await Promise.all([readPlan(artifacts, about), readDocument(artifacts, about, 'sharing')]);
  const { here, first } = await judgeTargets(artifacts.aws, plan, after, { published: { sharing } });
  const copies = accounts?.after ?? [];
  const open = copies.length > 0 ? await doorsOf(artifacts, planned) : undefined;
  const moving = open && { open, sharing };
  const there = await Promise.all(copies.map((one) => judgeAccountCopy(artifacts.aws, plan, one, first, moving)));
  const judged = (where: string, { hopeless, result }: Judged): JudgedImage => ({
    where: `${recipe}-${to.build} in ${where}`,
    hopeless,
    error: result.error,
  });
  return [
    ...here.map((one) => judged(placeName(one.result), one)),
    ...there.map((one) => judged(accountPlaceName(one.result), one)),
  ];
}
