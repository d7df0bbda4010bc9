import { accountPlaceName, inAccountPlace, onlyAccountPlace } from '../accounts/account-copies.ts';
import type { AccountLedger, AccountValue } from '../accounts/account-ledger.ts';
import type { Manifest } from '../build/manifest.ts';
import { placeName } from '../distribute/place.ts';
import type { TemplateSeen } from '../publish/launch-templates.ts';
import type { LedgerTemplate } from '../publish/ledger-template.ts';

/** A launch template that a move changes. `before` is its default version, which comes back if the move fails. */
export interface MovedTemplate extends LedgerTemplate {
  /** The version with the image. Absent until the move has made it, and in a publish. */
  version?: number | undefined;
  /** The move makes the version, so undoing the move removes it. Absent where an earlier build or move has made it. */
  makes?: true;
}

/** What a move changes beside the channel's parameters in the pipeline's own account. */
export interface MovedBeside {
  /** Absent where the move changes no launch template. */
  templates?: MovedTemplate[];
  /** The copies in other accounts, and what the channel's parameters hold there. Absent where there are none. */
  accounts?: AccountLedger;
}

/** The copies of a build in other accounts that were published. */
export const copiesOfManifest = (manifest: Pick<Manifest, 'copiedTo'> | undefined): AccountLedger['after'] =>
  (manifest?.copiedTo ?? []).flatMap(({ status, ami, ...at }) =>
    status === 'published' && ami !== null ? [{ ...onlyAccountPlace(at), ami }] : [],
  );

/** What parameters of other accounts hold, once a move that died is out of the way. */
export function settledAccounts(dead: MovedBeside | undefined, now: AccountValue[]): AccountValue[] {
  const { before = [], after = [] } = dead?.accounts ?? {};
  return now.map((value) => {
    const written = after.some((one) => one.ami === value.ami && inAccountPlace([one], value));
    return (written && inAccountPlace(before, value)) || value;
  });
}

/** The part of a move that is about other accounts. @param held What the channel's parameters hold there. */
export function movedAccounts(held: AccountValue[], copies: AccountLedger['after']): Pick<MovedBeside, 'accounts'> {
  if (copies.length === 0) return {};
  return { accounts: { before: held.filter((one) => inAccountPlace(copies, one)), after: copies } };
}

/** The parameters of other accounts that hold something else than when the move was decided, in words. */
export const changedAccounts = ({ accounts }: MovedBeside, settled: AccountValue[]): string[] =>
  (accounts?.before ?? []).flatMap((before) => {
    const now = inAccountPlace(settled, before)?.ami;
    if (now === before.ami) return [];
    return [`${accountPlaceName(before)} holds ${now ?? 'nothing'}, and held ${before.ami ?? 'nothing'}`];
  });

/** The parameters of other accounts that hold what a move wrote although the move did not happen, with the values to restore. */
export const stillMovedIn = ({ accounts }: MovedBeside, now: AccountValue[]): AccountValue[] =>
  (accounts?.before ?? []).filter((before) => {
    const current = inAccountPlace(now, before)?.ami;
    const ours = inAccountPlace(accounts?.after ?? [], before)?.ami;
    return current !== undefined && current === ours && current !== before.ami;
  });

/** A launch template as it is before a move: its default version apart from a move that died. */
export type TemplateBefore = TemplateSeen & { settled: number };

/** The entry of a launch template in a move. Undefined where the template is as the recipe says. */
export function movedTemplate(
  wanted: Omit<LedgerTemplate, 'before' | 'template'>,
  seen: TemplateBefore,
): MovedTemplate | undefined {
  const { id: template, ours: version, settled: before } = seen;
  if (version !== undefined && (!wanted.setDefault || version === before)) return undefined;
  return { ...wanted, template, before, ...(version === undefined ? { makes: true } : { version }) };
}

/** The launch templates whose default version is another one than when the move was decided, in words. */
export const changedTemplates = (seen: { entry: MovedTemplate; settled: number }[]): string[] =>
  seen.flatMap(({ entry, settled }) =>
    entry.before === settled
      ? []
      : [`${entry.template} in ${placeName(entry)} has the default version ${settled}, and had ${entry.before}`],
  );

/** The next step that takes back what a move made of a launch template. EC2 deletes no default version. */
export function templateUndo(
  { before, makes }: MovedTemplate,
  seen: TemplateSeen | undefined,
): { do: 'set default' | 'delete'; version: number } | undefined {
  const ours = seen?.ours;
  if (ours === undefined) return undefined;
  if (seen?.default === ours && before !== ours) return { do: 'set default', version: before };
  return makes ? { do: 'delete', version: ours } : undefined;
}
