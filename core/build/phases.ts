import type { Timing } from './timings.ts';

/** The phases of a build, named like the folders of functions/, with their states. */
export const phases = {
  bake: [
    'Resolve',
    'RecordUpToDate',
    'Launch',
    'AwaitBuilder',
    'SendCommand',
    'AwaitCommand',
    'Seal',
    'CreateImage',
    'CreateSnapshots',
    'CopySnapshot',
    'ImportSnapshot',
    'AwaitImport',
    'AwaitSnapshots',
    'RegisterImage',
    'AwaitImage',
  ],
  check: ['LaunchCandidate', 'AwaitCandidate', 'KeepUnjudged', 'SendCheck', 'AwaitCheck', 'TerminateInstances'],
  distribute: [
    'CopyImage',
    'AwaitCopy',
    'GrantPermissions',
    'CopyIntoAccount',
    'AwaitAccountCopy',
    'FinishAccountCopy',
    'Verify',
  ],
  publish: ['AwaitOthers', 'Publish', 'AwaitVariants'],
  undo: ['CleanUp', 'Compensate', 'RecordFailure'],
} as const;

export type Phase = keyof typeof phases;

/**
 * Seconds that each phase took: the time during which at least one of its states was running. Targets are distributed in
 * parallel, so adding up their visits would count the same time several times. `check` and `distribute` overlap where copies are
 * made beside the checks, so the phases can add up to more than the whole build.
 */
export function phaseSeconds(timings: Timing[]): Partial<Record<Phase, number>> {
  const seconds: Partial<Record<Phase, number>> = {};
  for (const [phase, states] of Object.entries(phases) as [Phase, readonly string[]][]) {
    const visits = timings.filter(({ state }) => states.includes(state)).map(spanOf);
    if (visits.length > 0) seconds[phase] = covered(visits) / 1000;
  }
  return seconds;
}

interface Span {
  from: number;
  to: number;
}

export const spanOf = ({ startedAt, seconds }: Timing): Span => {
  const from = new Date(startedAt).getTime();
  return { from, to: from + seconds * 1000 };
};

/** Milliseconds that at least one of the spans covers. */
function covered(spans: Span[]): number {
  let [total, until] = [0, -Infinity];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return total;
}
