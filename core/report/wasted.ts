import { phases } from '../build/phases.ts';
import type { Plan } from '../build/plan.ts';
import type { Timing } from '../build/timings.ts';
import { imageSize, withoutDisks, type ImageSize } from '../launch/disks.ts';
import { transferredGiB } from './prices.ts';

/** Copies that were made for nothing, because the image then failed its checks. */
export interface WastedCopies extends ImageSize {
  copies: number;
  /** Upper bound in US dollars, since a snapshot holds only the blocks that are used. */
  usd: number;
}

/** How many copies to other regions were begun. The home region needs none, but its target passes through CopyImage, too. */
export function copiesBegun(timings: Timing[], { region: home, document }: Pick<Plan, 'region' | 'document'>): number {
  const abroad = document.distribute.filter(({ region }) => region !== home).length;
  return Math.min(abroad, timings.filter(({ state }) => state === 'CopyImage').length);
}

/** The copies that a build made for nothing. Undefined if it did not fail in its checks, or had begun no copy. */
export function wastedCopies(state: string, timings: Timing[], plan: Plan | undefined): WastedCopies | undefined {
  const copies = plan ? copiesBegun(timings, plan) : 0;
  if (!plan || copies === 0 || !(phases.check as readonly string[]).includes(state)) return undefined;
  const size = imageSize(plan);
  return { copies, ...size, usd: Math.round(copies * size.gib * transferredGiB * 1e6) / 1e6 };
}

/** One line for people. */
export function wastedLine({ copies, gib, unsized, usd }: WastedCopies): string {
  const cost = unsized ? `at least $${usd.toFixed(2)} ${withoutDisks(unsized)}` : `at most $${usd.toFixed(2)}`;
  return `${copies} ${copies === 1 ? 'copy' : 'copies'}${unsized ? '' : ` of ${gib} GiB`} made for nothing, ${cost}; the recipe's key copies: after-checks avoids that`;
}
