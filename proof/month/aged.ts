import { secondsOf } from '../../core/duration.ts';
import type { Retire } from '../../core/recipe/types.ts';
import type { AmiSeen, AgingLook, SeenState } from './aging.ts';
import type { BuildOutcome, History } from './history.ts';

// Judges how images age. It has rules of its own and does not ask core/retire, whose decisions it judges.

const day = 86_400_000;
const ms = (at: string) => Date.parse(at);
const ranks: SeenState[] = ['active', 'deprecated', 'disabled', 'deregistered'];
const rank = (state: SeenState) => ranks.indexOf(state);
const afterKeys = { deprecated: 'deprecateAfter', disabled: 'disableAfter', deregistered: 'deregisterAfter' } as const;
type RetiredState = keyof typeof afterKeys;

/** A launch of the last 14 days counts as a use. */
const recent = 14 * day;
/** EC2's reports show a server of another account a day late, and a report is used for a day. */
const reportLag = 2 * day;
/** The next daily run, one that only reports a new policy, one that asks EC2 for usage reports, and one between two looks. */
const patience = 4 * day;
/** A run retires 25 images at most. */
const cap = 25;

/** The states that a policy leads through. */
const statesOf = (policy: Retire | null): RetiredState[] =>
  (Object.keys(afterKeys) as RetiredState[]).filter((state) => policy?.[afterKeys[state]] !== undefined);
const ageOf = (policy: Retire | null, state: RetiredState): number =>
  secondsOf(policy?.[afterKeys[state]] ?? '0s') * 1000;

/** One published image: a build's AMIs in all regions, look by look. */
interface Life {
  outcome: BuildOutcome;
  policy: Retire | null;
  /** Its AMIs in each look; empty before the first one. */
  looks: AmiSeen[][];
}

const least = (amis: AmiSeen[]): SeenState =>
  ranks[Math.min(...amis.map(({ state }) => rank(state)))] ?? 'deregistered';

function livesOf({ builds, recipes, aging: { looks } }: History): Life[] {
  const policies = new Map(recipes.map(({ name, retire = null }) => [name, retire]));
  const lives = new Map<string, Life>();
  for (const outcome of builds)
    if (outcome.publishedAt !== null)
      lives.set(`${outcome.recipe} ${outcome.build}`, {
        outcome,
        policy: policies.get(outcome.recipe) ?? null,
        looks: looks.map(() => []),
      });
  for (const [index, { amis }] of looks.entries())
    for (const one of amis) lives.get(`${one.recipe} ${one.build}`)?.looks[index]?.push(one);
  return [...lives.values()];
}

/** The oldest build that has to stay as it is, by recipe: all newer ones stay, too. */
function oldestNeeded({ at, held }: AgingLook, lives: Life[]): Map<string, string> {
  const needed = new Map<string, string>();
  for (const recipe of new Set(lives.map(({ outcome }) => outcome.recipe))) {
    const published = lives
      .filter(({ outcome }) => outcome.recipe === recipe && String(outcome.publishedAt) <= at)
      .toSorted((one, other) => String(one.outcome.publishedAt).localeCompare(String(other.outcome.publishedAt)));
    const builds = published.map(({ outcome }) => outcome.build);
    const holds = (held[recipe] ?? []).map((build) => builds.indexOf(build)).filter((index) => index >= 0);
    // A rollback goes to the image that was published before.
    const first = Math.min(...holds.map((index) => Math.max(0, index - 1)));
    const newest = builds.length - (published[0]?.policy?.keep ?? builds.length);
    const build = builds[Math.max(0, Math.min(first, newest))];
    if (build !== undefined) needed.set(recipe, build);
  }
  return needed;
}

/** Whether somebody surely used an image in a span of time: with a server of it, by a recent launch, or by an image made from it. */
function usersOf(life: Life, index: number, lives: Life[], { aging: { servers, looks } }: History): string[] {
  const [from, to] = [ms(looks[Math.max(0, index - 1)]!.at), ms(looks[index]!.at)];
  const own = new Map((life.looks[index] ?? []).map(({ ami, account }) => [ami, account]));
  const running = servers.filter((one) => {
    const account = own.get(one.ami);
    if (account === undefined) return false;
    const seen = ms(one.from) + (account === one.account ? 0 : reportLag);
    const exists = seen <= from && (one.until === null || ms(one.until) >= to);
    return exists || (ms(one.from) > to - recent && ms(one.from) <= from - reportLag);
  });
  const children = lives.filter(({ outcome, looks: seen }) => {
    const amis = seen[index] ?? [];
    return own.has(outcome.source ?? '') && amis.length > 0 && rank(least(amis)) < rank('disabled');
  });
  return [
    ...running.map(({ account, region }) => `a server of ${account} in ${region}`),
    ...children.map(({ outcome }) => `${outcome.recipe} ${outcome.build}, which was made from it`),
  ];
}

/** Whether an image may have been in use, or have seemed so, in the days before a look. */
function mayBeUsed(life: Life, index: number, lives: Life[], { aging: { servers, looks } }: History): boolean {
  const to = ms(looks[index]!.at);
  const own = new Set((life.looks[index] ?? []).map(({ ami }) => ami));
  return (
    servers.some(({ ami, from, until }) => {
      if (!own.has(ami) || ms(from) > to) return false;
      return Math.max(until === null ? to : ms(until) + reportLag, ms(from) + recent + day) > to - day;
    }) ||
    lives.some(({ outcome, looks: seen }) => {
      const amis = seen[Math.max(0, index - 1)] ?? [];
      return own.has(outcome.source ?? '') && (amis.length === 0 || rank(least(amis)) < rank('disabled'));
    })
  );
}

const whose = ({ outcome }: Life) => `${outcome.recipe} ${outcome.build}`;

/** What was wrong with the steps that an image took between two looks. */
function wrongSteps(life: Life, index: number, since: number, lives: Life[], history: History): string[] {
  const { looks, policy, outcome } = life;
  const at = history.aging.looks[index]!.at;
  const now = looks[index] ?? [];
  const before = new Map((looks[index - 1] ?? []).map((one) => [`${one.region} ${one.ami}`, one.state]));
  const states = statesOf(policy);
  const wrongs = new Set<string>();
  for (const { region, ami, state } of now) {
    const was = before.get(`${region} ${ami}`) ?? 'active';
    if (rank(state) < rank(was)) wrongs.add(`went back from ${was} to ${state}`);
    if (state === 'active' || rank(state) <= rank(was)) continue;
    const passed = states.filter((one) => rank(one) > rank(was) && rank(one) <= rank(state));
    if (!states.includes(state)) wrongs.add(`was ${state}, which its policy does not ask for`);
    if (passed.length > 1) wrongs.add(`went from ${was} to ${state} in a day`);
    if (!states.includes(state)) continue;
    if (ms(at) - ms(outcome.startedAt) < ageOf(policy, state)) wrongs.add(`was ${state} before its age`);
    const last = states[states.indexOf(state) - 1];
    if (last !== undefined && ms(at) - since < ageOf(policy, state) - ageOf(policy, last) - day)
      wrongs.add(`was ${state} too soon after it was ${was}`);
    if (state === 'deprecated') continue;
    for (const user of usersOf(life, index, lives, history)) wrongs.add(`was ${state}, and in use by ${user}`);
  }
  return [...wrongs].map((wrong) => `${whose(life)} ${wrong}, seen ${at.slice(0, 10)}`);
}

/** What became of the snapshots of AMIs that have been deregistered for two looks. */
function wrongSnapshots(life: Life, index: number): string[] {
  const old = new Set(
    (life.looks[index - 1] ?? []).filter(({ state }) => state === 'deregistered').map(({ ami }) => ami),
  );
  const keeps = life.policy?.snapshots === 'keep';
  return (life.looks[index] ?? []).flatMap(({ ami, region, snapshots, kept }) => {
    if (!old.has(ami)) return [];
    if (keeps ? kept > 0 && kept === snapshots : snapshots === 0) return [];
    const fate = keeps ? 'were to be kept' : 'were to go with it';
    return [
      `${whose(life)}: ${snapshots} snapshots of ${ami} in ${region} are left, ${kept} of them kept; they ${fate}`,
    ];
  });
}

const steps = { deprecated: 'deprecate', disabled: 'disable', deregistered: 'deregister' } as const;

/** The steps that an image has taken and that its document in the bucket does not tell. */
function unwritten(life: Life, state: SeenState): string[] {
  const written = (life.outcome.retired ?? []).map(({ step }) => step);
  return statesOf(life.policy)
    .filter((one) => rank(one) <= rank(state) && !written.includes(steps[one]))
    .map((one) => `${whose(life)} is ${state}, and nothing is written about its step to ${one}`);
}

/** Follows one image from look to look. */
function judgeLife(life: Life, lives: Life[], needed: Map<string, string>[], history: History): string[] {
  const { looks, runs } = history.aging;
  const { policy, outcome } = life;
  const violations: string[] = [];
  const began = ms(outcome.startedAt);
  // When it came to its state; and from when on its next step is not hindered.
  let [since, free, overdue] = [began, began, false];
  let state: SeenState = 'active';
  for (const [index, { at }] of looks.entries()) {
    const amis = life.looks[index] ?? [];
    if (amis.length === 0) continue;
    violations.push(...wrongSteps(life, index, since, lives, history));
    const reached = least(amis);
    if (reached !== state)
      [state, since, free, overdue] = [reached, ms(at), ms(looks[Math.max(0, index - 1)]!.at), false];
    const isNeeded = outcome.build >= (needed[index]?.get(outcome.recipe) ?? '~');
    const touched = amis.filter((one) => one.state !== 'active');
    if (isNeeded && touched.length > 0)
      violations.push(
        `${whose(life)} was ${touched[0]!.state} and a channel, a rollback or its policy needs it, seen ${at.slice(0, 10)}`,
      );
    const next = statesOf(policy).find((one) => rank(one) > rank(state));
    if (next === undefined) continue;
    if (isNeeded || (next !== 'deprecated' && mayBeUsed(life, index, lives, history))) free = ms(at);
    const last = statesOf(policy).findLast((one) => rank(one) <= rank(state));
    const grace = last === undefined ? 0 : ageOf(policy, next) - ageOf(policy, last);
    const due = Math.max(began + ageOf(policy, next), since + grace, free);
    if (overdue || ms(at) <= due + patience) continue;
    const done = runs.filter((run) => run.succeeded && ms(run.at) >= due && run.at <= at);
    const failed = Math.floor((ms(at) - due) / day) - done.length;
    const full = done.filter(({ counts }) => counts.deprecate + counts.disable + counts.deregister >= cap).length;
    if (ms(at) > due + patience + (Math.max(0, failed) + full) * day) {
      overdue = true;
      violations.push(`${whose(life)} was still ${state} on ${at.slice(0, 10)}, and was to be ${next}`);
    }
  }
  return [...violations, ...wrongSnapshots(life, looks.length - 1), ...unwritten(life, state)];
}

/** No image is retired against its policy, and none stays against it. Undefined if no recipe retires its images. */
export function agingOf(history: History) {
  if (!history.recipes.some(({ retire }) => retire)) return undefined;
  const { looks, runs } = history.aging;
  const lives = livesOf(history);
  const needed = looks.map((look) => oldestNeeded(look, lives));
  const first = runs[0];
  const acted = first ? first.counts.deprecate + first.counts.disable + first.counts.deregister : 0;
  const violations = [
    ...(acted > 0 ? [`the first run of retire-images took ${acted} steps; it had only to report`] : []),
    ...lives.flatMap((life) => judgeLife(life, lives, needed, history)),
  ];
  const count = (wanted: SeenState) => lives.filter((life) => least(life.looks.at(-1) ?? []) === wanted).length;
  const ends = ranks.map((state) => `${count(state)} ${state}`).join(', ');
  return {
    name: 'aging' as const,
    says: `no image was kept or removed against its policy: ${ends}`,
    violations,
    held: [] as string[],
  };
}
