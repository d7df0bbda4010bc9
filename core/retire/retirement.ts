import type { ImageOfBuild } from '../channel/revocation.ts';
import type { RetireStep } from './retiring.ts';

/** How a step ended for one AMI. */
export interface AmiEnd extends ImageOfBuild {
  /** Why the step was not taken. Absent where it was. */
  error?: string | undefined;
  /** What became of its snapshots, and what else there is to say, in words. */
  notes: string[];
  /** Size of the disks whose snapshots are gone. */
  freedGiB?: number | undefined;
}

/** How a step ended for all AMIs of a build. */
interface TakenStep {
  step: RetireStep;
  execution: string;
  who: string;
  /** ISO 8601. */
  at: string;
  /** Why it was due. */
  reason: string;
  ends: AmiEnd[];
}

/** The document `retirement.json` of a build: the steps that it has taken. */
export interface Retirement {
  schema: 1;
  /** Newest last. */
  steps: TakenStep[];
}

const mostSteps = 50;

/** The document after a step. A repeated execution writes its step once. */
export const withTaken = (before: Retirement | undefined, taken: TakenStep): Retirement => ({
  schema: 1,
  steps: [...(before?.steps ?? []).filter(({ execution }) => execution !== taken.execution), taken].slice(-mostSteps),
});
