import { identityFromTags, isOurs, type Estate } from './estate.ts';
import { buildKey, expiresTag, heldTag, keptTag, type BuildIdentity } from '../tags.ts';
import { isAttached, isFailed, mayBeMadeOf, idInRegion, usersOf, type Kind, type Thing } from '../undo/things.ts';

/** A thing that the sweep removes or spares, and why. */
export interface Found extends BuildIdentity {
  kind: Kind;
  id: string;
  region: string;
  reason: string;
}

const day = 24 * 3600 * 1000;
/** How long the resources of an unpublished build stay, since a new start may adopt them. A running build is always spared. */
const lifetime = 7 * day;
const grace = day;
/** A build whose execution ended less than this ago is left to clean-up-build. */
const quiet = day / 2;

const minute = (time: number) => new Date(time).toISOString().replace(/:\d\d\.\d+Z$/, 'Z');

type Verdict = { remove: string } | { spare: string } | 'healthy';

/** When a thing may be removed, or what is wrong with its dates. */
function dueOf(thing: Thing, published: boolean): { due: number; tagged: boolean } | { wrong: string } {
  const tag = isFailed(thing) ? undefined : thing.tags[expiresTag];
  const date = tag ?? thing.createdAt;
  const time = /^\d{4}-\d\d-\d\dT/.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(time))
    return { wrong: tag === undefined ? 'EC2 gives no date of its making' : `its golden:expires "${tag}" is no date` };
  if (tag !== undefined) return { due: time, tagged: true };
  return { due: time + (published || isFailed(thing) ? grace : lifetime), tagged: false };
}

const because: Record<Kind, string> = {
  instance: 'its build is over',
  volume: 'its build is over',
  import: 'its build is over',
  image: 'no build has published it',
  snapshot: 'no AMI refers to it',
};

/** What a verdict on a thing depends on. */
interface Question {
  estate: Estate;
  now: number;
  users: ReturnType<typeof usersOf>;
  /** AMIs that this run removes. Their snapshots go with them. */
  going: Set<string>;
}

function judge(thing: Thing, identity: BuildIdentity | undefined, { estate, now, users, going }: Question): Verdict {
  const { kind, id, region, state } = thing;
  if (!identity) return { spare: 'its tags name no build of this pipeline' };
  const stays = (image: Thing) => !going.has(idInRegion(image.region, image.id));
  const using = users.get(idInRegion(region, id)) ?? [];
  if (kind === 'snapshot' && using.some(stays)) return 'healthy';
  // A person or a policy has kept the snapshot without its image, or a person has restored the image from the archive.
  if ((kind === 'snapshot' || kind === 'image') && thing.tags[keptTag] !== undefined) return 'healthy';
  const build = estate.builds.get(buildKey(identity));
  // A build that was published can have copies of a distribution that failed, and nobody has published those.
  const isPublished = build?.published === true && build.images?.has(idInRegion(region, id)) !== false;
  if (kind === 'image' && isPublished && !isFailed(thing)) return 'healthy';
  const dated = dueOf(thing, kind === 'image' ? isPublished : (build?.published ?? false));
  const due = 'due' in dated ? dated.due : 0;
  if (!build) return due > now ? 'healthy' : { spare: 'its build has no record here: another deployment made it' };
  const channel = estate.channels.get(idInRegion(region, id));
  if (channel) return { spare: `${channel} points at it` };
  if (build.running) return { spare: `${build.owner.split(':').slice(-2).join(':')} is at work on its build` };
  if ('wrong' in dated) return { spare: dated.wrong };
  const together = using.length > 0 && !dated.tagged;
  if (due > now && !together) return { spare: `${dated.tagged ? 'kept' : 'left alone'} until ${minute(due)}` };
  // clean-up-build spares a held instance, so nobody else removes it once the hold is over.
  if (thing.tags[heldTag] === undefined && build.endedAt && now - Date.parse(build.endedAt) < quiet)
    return { spare: `its build ended only at ${minute(Date.parse(build.endedAt))}` };
  if (isAttached(thing)) return { spare: 'it is attached to an instance and can only go after it' };
  const awaited = () => estate.things.some((image) => mayBeMadeOf(thing, image) && stays(image));
  if (kind === 'snapshot' && using.length === 0 && awaited())
    return { spare: 'an AMI of its build is pending and may be made of it' };
  if (together) return { remove: `${using[0]?.id} goes` };
  if (isFailed(thing)) return { remove: `EC2 gave up on it (${state})` };
  return { remove: `${dated.tagged ? 'expired' : 'due'} ${minute(due)}, ${because[kind]}` };
}

// Expensive things first, an AMI before its snapshots, and older things first, so that the cap cuts off the cheap and new.
const order: Kind[] = ['instance', 'volume', 'import', 'image', 'snapshot'];

/**
 * Decides which things of an estate are orphans, and which are spared although they look like orphans. AMIs of published builds
 * and their snapshots are not listed. Nothing is removed on a guess. A thing is spared if its build has no record, if a date
 * cannot be read, or if its execution runs or ended only recently.
 * @param cap How many things may be removed in one run. The rest is counted.
 */
export function decideSweep(
  estate: Estate,
  now: Date,
  cap: number,
): { remove: Found[]; spared: Found[]; overCap: number } {
  const { account, things } = estate;
  const question: Question = { estate, now: now.getTime(), users: usersOf(things), going: new Set() };
  const ours = things
    .filter(isOurs(account))
    .toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.createdAt.localeCompare(b.createdAt));
  const remove: Found[] = [];
  const spared: Found[] = [];
  for (const thing of ours) {
    const { kind, id, region, tags } = thing;
    const identity = identityFromTags(thing);
    const verdict = judge(thing, identity, question);
    if (verdict === 'healthy') continue;
    const named = identity ?? { recipe: tags['golden:recipe'] ?? '', build: tags['golden:build'] ?? '' };
    const found = { kind, id, region, ...named };
    if ('spare' in verdict) spared.push({ ...found, reason: verdict.spare });
    else remove.push({ ...found, reason: verdict.remove });
    if ('remove' in verdict && kind === 'image') question.going.add(idInRegion(region, id));
  }
  return { remove: remove.slice(0, cap), spared, overCap: Math.max(0, remove.length - cap) };
}
