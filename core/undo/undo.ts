import { toRestore } from '../distribute/channel.ts';
import { isSamePlace, parameterOfPlace, onlyPlace } from '../distribute/place.ts';
import { expiresTag } from '../tags.ts';
import { oneOfRacing, type Fate } from './fate.ts';
import type { UndoScope } from './scope.ts';
import { decideTemplates, holderOf, type UndoneTemplate } from './templates.ts';
import { unmarking, type PublishedAction } from './watermarks.ts';
import { decideImports, type ImportAction } from './imports.ts';
import { decideInstances, type RemovalAction } from './instances.ts';
import { hasEnded, mayBeMadeOf, type Kind, type Thing } from './things.ts';

/** Everything that one look shows of a build. */
export interface BuildSeen {
  things: Thing[];
  /** What the channel's parameter holds in each region. `ami` is absent where there is no parameter. */
  channels: { region: string; parameter: string; ami?: string | undefined }[];
  /** The launch templates of the publish that is taken back. */
  templates: UndoneTemplate[];
  /** Looks that AWS refused, with its answer. */
  unseen: { of: Kind | 'channel' | 'template'; region: string; parameter?: string; answer: string }[];
}

/** One decision on one thing. `after`: things that must go first. If AWS refuses to remove one of them, this one stays too. */
export type UndoAction =
  | { do: 'restore'; region: string; parameter: string; ami?: string | undefined }
  | RemovalAction
  /** Takes every permission of others back, if there is one. */
  | { do: 'revoke'; region: string; kind: 'image' | 'snapshot'; id: string }
  /** `untagged`: the ids among the AMI and its snapshots that do not carry `until` as their expiry yet. */
  | { do: 'keep'; region: string; image: Thing; until: string; untagged: string[] }
  | PublishedAction
  | ImportAction;

export const thingName = ({ kind, id, region }: Pick<Thing, 'kind' | 'id' | 'region'>): string =>
  kind === 'image' ? `${id} in ${region}` : `${kind} ${id} in ${region}`;

/**
 * Decides what becomes of everything that one look shows of a build. Looks and decisions repeat until there is nothing to wait
 * for.
 * @param until When kept images expire, as an ISO instant. Absent while late effects may still appear. Until then, kept images
 * are not changed, and neither images that may turn out to be finished nor those that Publish wrote to the channel are removed.
 */
export function decideUndo(scope: UndoScope, seen: BuildSeen, until?: string): UndoAction[] {
  return [
    ...decideChannel(scope, seen),
    ...decideTemplates(seen),
    ...decideInstances(scope, seen),
    ...decideImports(seen),
    ...scope.regions.flatMap((region) => decideImages(scope, seen, region, until)),
  ];
}

/** An incomplete publish is taken back where the channel still holds its AMI. */
function decideChannel({ takesBack: ledger }: UndoScope, { channels, unseen }: BuildSeen): UndoAction[] {
  if (!ledger) return [];
  return ledger.after.flatMap((written): UndoAction[] => {
    const [place, { region }] = [onlyPlace(written), written];
    const parameter = parameterOfPlace(ledger.parameter, place);
    const refused = unseen.find((one) => one.parameter === parameter && one.region === region);
    if (refused) return [{ do: 'leave', region, what: `${parameter} in ${region}`, why: refused.answer }];
    const current = channels.find((one) => one.parameter === parameter && one.region === region);
    const value = current?.ami === undefined ? place : { ...place, ami: current.ami };
    const here = { ...ledger, before: ledger.before.filter((one) => isSamePlace(one, place)) };
    return toRestore(here, [value]).map(({ ami }) => ({ do: 'restore', region, parameter, ami }));
  });
}

/** AMIs go, and then their snapshots. An AMI that stays needs its snapshots. */
function decideImages(scope: UndoScope, seen: BuildSeen, region: string, until: string | undefined): UndoAction[] {
  const refused = seen.unseen.find(({ of, region: at }) => at === region && /^(image|channel|template)$/.test(of));
  if (refused) return [{ do: 'leave', region, what: `images in ${region}`, why: refused.answer }];
  const here = seen.things.filter((thing) => thing.region === region && !hasEnded(thing));
  const made = here.filter(({ kind }) => kind === 'image');
  const images = oneOfRacing(made.map((image) => ({ image, fate: fateOf(image, scope, seen, until) })));
  const actions = images.flatMap(({ image, fate }): UndoAction[] => {
    if (fate === 'goes') return [{ do: 'deregister', region, thing: image, after: [] }];
    const why = holderOf(seen, image) ?? '';
    return fate === 'promoted' ? [{ do: 'leave', region, what: thingName(image), why }] : [];
  });
  const blind = seen.unseen.find(({ of, region: at }) => of === 'snapshot' && at === region);
  if (blind) actions.push({ do: 'leave', region, what: `snapshots in ${region}`, why: blind.answer });
  const snapshots = here.filter(({ kind }) => kind === 'snapshot');
  for (const thing of snapshots) {
    const holders = images.filter(({ image }) => image.snapshots.includes(thing.id) || mayBeMadeOf(thing, image));
    const holder = holders.find(({ fate }) => fate !== 'goes');
    if (!holder) actions.push({ do: 'delete', region, thing, after: holders.map(({ image }) => image) });
    else if (holder.fate === 'promoted')
      actions.push({ do: 'leave', region, what: thingName(thing), why: `${holder.image.id} needs it` });
  }
  const kept = until === undefined ? [] : images.filter(({ fate }) => fate === 'kept');
  return [
    ...unmarking(images, scope),
    ...actions,
    ...kept.flatMap(({ image }) => keeping(image, snapshots, until ?? '')),
  ];
}

/**
 * What becomes of an AMI. Servers boot from an AMI that the channel points at, so it stays after every failure. A kept AMI is a
 * finished one: nobody completes a pending AMI after the build has ended. Early, EC2 sometimes shows a finished AMI as pending.
 */
function fateOf({ id, region, state }: Thing, scope: UndoScope, seen: BuildSeen, until?: string): Fate {
  if (holderOf(seen, { region, id })) return 'promoted';
  if (scope.published.some((one) => one.region === region && one.ami === id)) return 'stays';
  // Parameter Store may accept an AMI minutes after the call that wrote it, and then the channel must not point at nothing.
  const written = scope.takesBack?.after.some((one) => one.region === region && one.ami === id);
  if (written && until === undefined) return 'stays';
  if (!scope.keeps) return 'goes';
  if (state === 'available') return 'kept';
  return state === 'pending' && until === undefined ? 'stays' : 'goes';
}

/** A kept AMI and its snapshots are for nobody else, since nobody may boot an unpublished image, and have an expiry. */
function keeping(image: Thing, snapshots: Thing[], until: string): UndoAction[] {
  const { region } = image;
  const known = new Map([image, ...snapshots].map(({ id, tags }) => [id, tags[expiresTag]]));
  const untagged = [image.id, ...image.snapshots].filter((id) => known.get(id) !== until);
  return [
    { do: 'revoke', region, kind: 'image', id: image.id },
    ...image.snapshots.map((id): UndoAction => ({ do: 'revoke', region, kind: 'snapshot', id })),
    { do: 'keep', region, image, until, untagged },
  ];
}
