import type { AccountResult } from '../accounts/planned-copies.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import type { TargetResult } from '../distribute/distribution.ts';
import { inPlace } from '../distribute/place.ts';
import type { BuildIdentity } from '../tags.ts';
import { manifestOf, type Manifest, type ManifestFailure } from '../build/manifest.ts';
import type { Plan } from '../build/plan.ts';
import type { Timing } from '../build/timings.ts';

interface FailedParts {
  identity: BuildIdentity;
  /** Absent where the build failed before it was planned. */
  plan: Plan | undefined;
  /** What Publish has recorded so far. The failure may have come after the image was published. */
  ledger: ChannelLedger | undefined;
  /** Targets that failed. */
  targets: TargetResult[];
  /** Copies in other accounts that failed. */
  copiedTo?: AccountResult[];
  timings: Timing[];
  failure: ManifestFailure;
}

export function failedManifest({ identity, plan, ledger, ...parts }: FailedParts): Manifest {
  const { targets, copiedTo = [], timings, failure } = parts;
  if (plan && ledger?.complete) {
    const home = inPlace(ledger.after, { region: plan.region });
    const image = home && { ami: home.ami, snapshots: home.snapshots ?? [] };
    const parameter = ledger.parameter || null;
    const all = {
      targets: [...ledger.after, ...targets],
      copiedTo: [...(ledger.accounts?.after ?? []), ...copiedTo],
    };
    return manifestOf({ plan, status: 'published', image, ...all, parameter, timings, failure });
  }
  if (plan) return manifestOf({ plan, status: 'failed', ...parts, parameter: null });
  const { recipe, build } = identity;
  return { schema: 1, recipe, build, status: 'failed', source: null, image: null, targets: [], timings, failure };
}

/**
 * Keeps the recorded failure of a build that is cleaned up once more, and updates only its remains. A manifest of an earlier
 * execution, which began before this one started (`startedAt`), belongs to another failure and is replaced.
 */
export function stillFailed(before: Manifest | undefined, now: Manifest, startedAt: string | number): Manifest {
  if (!before?.failure || !now.failure) return now;
  const [first] = before.timings;
  if (first && new Date(first.startedAt) < new Date(startedAt)) return now;
  const undone = [...new Set([...before.failure.undone, ...now.failure.undone])];
  const { held, ...failed } = before.failure;
  const { left, kept } = now.failure;
  return { ...before, failure: { ...failed, undone, left, kept, ...(held && now.failure.held && { held }) } };
}
