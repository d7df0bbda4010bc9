import type { Retire } from '../recipe/types.ts';
import type { BuildIdentity } from '../tags.ts';
import { unknownOf, usesOf, type ImageUsage } from '../usage/image-usage.ts';
import { dueStep, type RetireVerdict } from './due-step.ts';
import { heldBuilds, type ChannelSeen } from './held-builds.ts';
import { presentAmis, saysAmi, type RetireStep, type RetiringAmi, type RetiringBuild } from './retiring.ts';

/** A recipe that retires its images, with all of its builds. */
interface RetiringRecipe {
  recipe: string;
  policy: Retire;
  builds: RetiringBuild[];
  channels: ChannelSeen[];
}

/** A build with what becomes of it. */
export interface RetireDecision extends BuildIdentity {
  amis: RetiringAmi[];
  verdict: RetireVerdict;
}

/** What is due in a recipe, apart from uses of the images. */
export function decideByPolicy({ recipe, policy, builds, channels }: RetiringRecipe, now: Date): RetireDecision[] {
  const published = builds.filter((one) => one.published && presentAmis(one).length > 0);
  const launchable = published.filter(({ amis }) => amis.every(({ state }) => state === 'available'));
  const names = (list: RetiringBuild[]) => list.map(({ build }) => build);
  const held = heldBuilds({
    launchable: names(launchable),
    published: names(published),
    channels,
    keep: policy.keep,
  });
  return builds.map((one) => {
    const { build, amis } = one;
    const reason = held.get(build);
    return { recipe, build, amis, verdict: reason === undefined ? dueStep(one, policy, now) : { reason } };
  });
}

const day = 86_400_000;
/** An AMI that was launched within this time counts as used, even if no instance of it exists any more. */
const recentDays = 14;

/** Why an AMI cannot be taken from its users: they are known, or nobody can tell. */
function usedBy(usage: ImageUsage | undefined, now: Date): string[] {
  if (!usage) return ['nobody looked who uses it'];
  const idle = new Set((usage.children.known ?? []).filter(({ state }) => state === 'disabled').map(({ ami }) => ami));
  const children = { known: (usage.children.known ?? []).filter(({ ami }) => !idle.has(ami)) };
  const uses = usesOf({ ...usage, ...(usage.children.known && { children }) }).map(({ says }) => says);
  const last = usage.launched.known?.last;
  const recently = last !== undefined && now.getTime() - Date.parse(last) < recentDays * day;
  return [
    ...uses,
    ...(recently ? [`it was launched at ${last}`] : []),
    ...unknownOf(usage).map((one) => `unknown: ${one}`),
  ];
}

const mostNamed = 5;

/** Every reason not to take a step that takes AMIs from their users. Empty for `deprecate`, which takes nothing from anybody. */
export function usesAgainst(step: RetireStep, amis: RetiringAmi[], usages: ImageUsage[], now: Date): string[] {
  if (step === 'deprecate') return [];
  return presentAmis({ amis }).flatMap((one) => {
    const usage = usages.find(
      ({ region, ami, account }) =>
        region === one.region && ami === one.ami && (one.account === undefined || account === one.account),
    );
    const uses = usedBy(usage, now);
    if (uses.length === 0) return [];
    const more = uses.length > mostNamed ? [`and ${uses.length - mostNamed} more`] : [];
    return [`${saysAmi(one)}: ${[...uses.slice(0, mostNamed), ...more].join(', ')}`];
  });
}

/** The decision once it is known who uses the image. An open question keeps it. */
export function withUsage(decision: RetireDecision, usages: ImageUsage[], now: Date): RetireDecision {
  const { step } = decision.verdict;
  if (step === undefined) return decision;
  const locked = step === 'deregister' ? presentAmis(decision).filter(({ isProtected }) => isProtected) : [];
  if (locked.length > 0)
    return {
      ...decision,
      verdict: { reason: `${locked.map(saysAmi).join(', ')} is protected against deregistration` },
    };
  const against = usesAgainst(step, decision.amis, usages, now);
  return against.length === 0 ? decision : { ...decision, verdict: { reason: `in use: ${against.join('; ')}` } };
}
