import {
  accountPlaceName,
  onlyAccountPlace,
  type AccountCopy,
  type AccountPlace,
} from '../../core/accounts/account-copies.ts';
import { behindIn, type AccountValue } from '../../core/accounts/account-ledger.ts';
import type { SessionOf } from '../../core/accounts/account-role.ts';
import { deadMove } from '../../core/channel/channel-record.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import {
  changedAccounts,
  changedTemplates,
  settledAccounts,
  type MovedBeside,
} from '../../core/channel/moved-beside.ts';
import { parameterOfPlace } from '../../core/distribute/place.ts';
import type { TemplateSeen } from '../../core/publish/launch-templates.ts';
import type { Connection } from '../connection.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readParameter } from '../parameters.ts';
import type { MoveUnderway } from './moved-templates.ts';

/** What these functions call in the pipeline's own account. The role of each other account allows the rest there. */
export const besidePermissions = [
  'ec2:CreateLaunchTemplateVersion',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ec2:ModifyLaunchTemplate',
  'sts:AssumeRole',
];

/** The roles by which a move works in other accounts. */
interface Doors {
  roleOf: (at: AccountPlace) => AccountCopy;
  open: (copy: AccountCopy) => Promise<Connection>;
}

/** What a move changes beside the channel's own parameters, as AWS shows it now. */
interface BesideSeen {
  held: AccountValue[];
  templates: { entry: NonNullable<MovedBeside['templates']>[number]; seen: TemplateSeen | undefined }[];
  /** Absent where no other account has a copy. */
  doors?: Doors | undefined;
}

const sessionOf = ({ recipe, move: { to, verb, who } }: PlannedMove): SessionOf => ({
  recipe,
  build: to.build,
  by: { verb, who },
});

/** The roles of the accounts in a move. Loaded here, because few recipes have copies in other accounts. */
export async function doorsOf(
  artifacts: Artifacts,
  planned: PlannedMove,
  purpose: 'publish' | 'moveBack',
): Promise<Doors> {
  const { accountRoles } = await import('../accounts/account-roles.ts');
  const { accountDoors } = await import('../accounts/other-accounts.ts');
  const { recipe, move } = planned;
  const roleOf = await accountRoles(artifacts, { recipe, build: move.to.build });
  return { roleOf, open: accountDoors(artifacts.aws, sessionOf(planned), purpose) };
}

async function seeAccounts(
  { parameter, move: { accounts } }: PlannedMove,
  doors: Doors | undefined,
): Promise<AccountValue[]> {
  if (!doors) return [];
  const { roleOf, open } = doors;
  const read = (accounts?.before ?? []).map(async (at) => {
    const ami = await readParameter(await open(roleOf(at)), at.region, parameterOfPlace(parameter, at));
    return { ...onlyAccountPlace(at), ...(ami !== undefined && { ami }) };
  });
  return Promise.all(read);
}

export async function seeTemplatesOf(artifacts: Artifacts, { recipe, move: { templates = [], to } }: PlannedMove) {
  if (templates.length === 0) return [];
  const { seeMovedTemplates } = await import('./moved-templates.ts');
  return seeMovedTemplates(artifacts.aws, templates, { recipe, build: to.build });
}

/** Reads launch templates, and the channel's parameters in other accounts. */
export async function seeBeside(artifacts: Artifacts, planned: PlannedMove): Promise<BesideSeen> {
  const doors = planned.move.accounts && (await doorsOf(artifacts, planned, 'publish'));
  const [held, templates] = await Promise.all([seeAccounts(planned, doors), seeTemplatesOf(artifacts, planned)]);
  return { held, templates, doors };
}

/** What somebody has changed since the move was decided, in words. */
export async function besideChanged(
  { aws }: Artifacts,
  { recipe, move }: PlannedMove,
  { held, templates }: BesideSeen,
  { underway, mover }: MoveUnderway,
): Promise<string[]> {
  const settled = templates.map(async ({ entry, seen }) => {
    const { settledDefault } = await import('./moved-templates.ts');
    const now = seen && (await settledDefault(aws, recipe, { seen, ...entry }, { underway, mover }));
    return { entry, settled: now ?? 0 };
  });
  const dead = deadMove(underway, mover);
  return [...changedAccounts(move, settledAccounts(dead, held)), ...changedTemplates(await Promise.all(settled))];
}

/** What is not yet as the move says, in words, and how to write it. */
export async function besideBehind(artifacts: Artifacts, planned: PlannedMove, seen: BesideSeen) {
  const { recipe, parameter, move } = planned;
  const there = behindIn(seen.held, move.accounts?.after ?? []);
  const made = seen.templates.flatMap(({ entry, seen: now }) => (now ? [{ entry, seen: now }] : []));
  const { templatesBehind, saysBehind, writeTemplates } =
    made.length > 0
      ? await import('../channel/publish-templates.ts')
      : ({} as Partial<typeof import('../channel/publish-templates.ts')>);
  const unready = templatesBehind?.(made) ?? [];
  const build = { recipe, build: move.to.build };
  return {
    missing: [
      ...there.map(({ ami, ...at }) => `${parameter} does not hold ${ami} in ${accountPlaceName(at)} yet`),
      ...unready.flatMap((one) => saysBehind?.(one) ?? []),
    ],
    write: async (): Promise<void> => {
      if (seen.doors && there.length > 0) {
        const { roleOf, open } = seen.doors;
        const { writeAccountParameters } = await import('../channel/account-channels.ts');
        const copies = there.map(({ ami, ...at }) => ({ copy: roleOf(at), ami }));
        await writeAccountParameters(open, parameter, build, copies);
      }
      // The execution is a part of the token, since each move may need a version of its own.
      await writeTemplates?.(artifacts.aws, { ...build, resumedAt: move.execution }, unready);
    },
  };
}

/** The launch templates of a move with the versions that they have now. */
export const withVersions = ({ templates }: BesideSeen): Pick<MovedBeside, 'templates'> =>
  templates.length === 0 ? {} : { templates: templates.map(({ entry, seen }) => ({ ...entry, version: seen?.ours })) };
