import type { Plan } from '../build/plan.ts';
import { imageDisks } from '../launch/disks.ts';
import { snapshotMonth, transferredGiB } from '../report/prices.ts';
import type { Addition } from './addition.ts';
import { targetOutline, type TargetOutline } from './target-outline.ts';

/** A target that an image would be copied to. */
interface AddedTarget extends TargetOutline {
  /** Whether everyone may launch the image there. */
  allowPublic?: true;
}

/** What `golden distribute` does, or why nothing is missing: the output of build-image where it copies nothing. */
export interface AdditionReport {
  recipe: string;
  build: string;
  planOnly: boolean;
  /** The image that is copied. */
  from: { region: string; ami: string };
  targets: AddedTarget[];
  notes: string[];
  /** Whether the recipe has other users for images that the build has already. */
  unshared: boolean;
  /** At most, in US dollars: the copies, and their snapshots in every month. */
  cost: { gib: number; transfer: number; snapshotsPerMonth: number };
}

const rounded = (usd: number): number => Math.round(usd * 1e6) / 1e6;

/** @param plan As the execution reads it that adds the targets. */
export function additionReport(
  plan: Plan,
  adds: Addition,
  planOnly: boolean,
  notes: string[],
  unshared: boolean,
): AdditionReport {
  const { targets, from, channel } = adds;
  const gib = imageDisks(plan).reduce((sum, { sizeGiB = 0 }) => sum + sizeGiB, 0);
  const sent = targets.filter(({ region }) => region !== from.region).length;
  return {
    recipe: plan.recipe,
    build: plan.build,
    planOnly,
    from,
    targets: targets.map((target) => ({
      ...targetOutline(plan, target, channel?.parameter),
      ...(target.allowPublic && { allowPublic: true as const }),
    })),
    notes,
    unshared,
    cost: {
      gib,
      transfer: rounded(sent * gib * transferredGiB),
      snapshotsPerMonth: rounded(targets.length * gib * snapshotMonth),
    },
  };
}
