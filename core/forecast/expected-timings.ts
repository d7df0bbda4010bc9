import type { Plan } from '../build/plan.ts';
import type { StateEvent, Timing } from '../build/timings.ts';
import { spanOf } from '../build/phases.ts';
import { isImported, isRegistered } from '../launch/registrable.ts';
import { accountCopiesOf } from '../accounts/account-copies.ts';
import { needsCopy } from '../distribute/distribution.ts';
import { placeName } from '../distribute/place.ts';
import { typical, type UsualSeconds } from '../build/usual-seconds.ts';

/** Seconds of a state that waits for nothing. */
const call = 3;

/** Times for the states of a build that has not begun. `copies` says whether the image is copied while its checks run. */
export function expectedTimings(
  plan: Pick<Plan, 'document' | 'region' | 'startedAt' | 'provision' | 'checks'>,
  usual: Partial<UsualSeconds>,
  { copies: beside }: { copies: boolean },
): Timing[] {
  const timings: Timing[] = [];
  /** Adds a state that begins at a second of the build. Returns its end. */
  const visit = (begin: number, state: string, seconds: number, index?: number): number => {
    const startedAt = new Date(Date.parse(plan.startedAt) + begin * 1000).toISOString();
    timings.push({ state, startedAt, seconds, ...(index !== undefined && { index }) });
    return begin + seconds;
  };
  const pair = (begin: number, [asks, waits]: [string, string], seconds: number, index?: number): number =>
    visit(visit(begin, asks, call, index), waits, seconds, index);
  const commands = (begin: number, states: [string, string], names: string[], known: Record<string, number> = {}) =>
    names.reduce((at, name, index) => pair(at, states, known[name] ?? typical.command, index), begin);
  const namesOf = (list: { name: string }[]) => list.map(({ name }) => name);

  const untilSealed = (begin: number): number => {
    const launched = pair(begin, ['Launch', 'AwaitBuilder'], usual.builder ?? typical.agent);
    const steps = namesOf(plan.provision);
    return visit(
      commands(launched, ['SendCommand', 'AwaitCommand'], steps, usual.provision),
      'Seal',
      usual.stop ?? typical.stop,
    );
  };

  let at = visit(0, 'Resolve', call);
  if (!plan.document.source.disk) at = untilSealed(at);
  const image = usual.image ?? typical.image;
  const snapshots = plan.document.source.disk ? 'CopySnapshot' : 'CreateSnapshots';
  const captured: [string, string] = isImported(plan.document)
    ? ['ImportSnapshot', 'AwaitImport']
    : [snapshots, 'AwaitSnapshots'];
  const made = isRegistered(plan.document)
    ? pair(pair(at, captured, image), ['RegisterImage', 'AwaitImage'], typical.registration)
    : pair(at, ['CreateImage', 'AwaitImage'], image);
  at = pair(made, ['LaunchCandidate', 'AwaitCandidate'], usual.candidate ?? typical.agent);
  const checked = commands(at, ['SendCheck', 'AwaitCheck'], namesOf(plan.checks), usual.checks);
  const copied = plan.document.distribute.map((target, index) =>
    needsCopy(plan, target)
      ? pair(
          beside ? made : checked,
          ['CopyImage', 'AwaitCopy'],
          usual.copies?.[placeName(target)] ?? typical.copy,
          index,
        )
      : checked,
  );
  const ended = visit(checked, 'TerminateInstances', call);
  at = visit(Math.max(ended, ...copied), 'GrantPermissions', call);
  const intoAccounts = accountCopiesOf(plan.document).map((_, index) =>
    visit(pair(at, ['CopyIntoAccount', 'AwaitAccountCopy'], typical.copy, index), 'FinishAccountCopy', call, index),
  );
  at = visit(Math.max(at, ...intoAccounts), 'Verify', call);
  if (plan.document.publish) at = visit(at, 'Publish', call);
  visit(at, 'CleanUp', call);
  return timings;
}

/** The second copies that CopyImage may begin, where the recipe caps slow copies. They end no later than the slow ones. */
export const possibleRaces = (plan: Pick<Plan, 'document' | 'region' | 'adds' | 'startedAt'>): Timing[] =>
  plan.document.distribute.flatMap((target, index) =>
    target.completeWithin !== undefined && needsCopy(plan, target)
      ? [{ state: 'CopyImage', startedAt: plan.startedAt, seconds: call, index }]
      : [],
  );

/** How long a build takes whose states take so long. */
export const expectedSeconds = (timings: Timing[]): number => {
  const spans = timings.map(spanOf);
  return (Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from))) / 1000;
};

/** The events that Step Functions would write for such states, as far as they cost something. A function runs for two seconds. */
export const expectedEvents = (timings: Timing[]): StateEvent[] =>
  timings.flatMap(({ state, startedAt }, visit) =>
    ['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded'].map((type, step) => {
      const [id, timestamp] = [visit * 4 + step, new Date(Date.parse(startedAt) + (step === 3 ? 2000 : 0))];
      return { id, previousEventId: id - 1, type, timestamp, ...(step === 0 && { state }) };
    }),
  );
