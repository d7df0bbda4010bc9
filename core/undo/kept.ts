import type { Plan } from '../build/plan.ts';

/** An image that a failed build keeps in one region, so that a later start can go on with it. */
export interface KeptImage {
  region: string;
  ami: string;
  snapshots: string[];
  /** ISO instant after which a sweep may remove the image. Null where AWS refused the tag that says so. */
  expires: string | null;
}

const dayMs = 24 * 3600 * 1000;
const keptDays = 7;

/**
 * How long a failed build's image is kept: seven days, rounded up to midnight so that a repeated clean-up computes the same time.
 */
export const keptUntil = (failedAt: string): string =>
  new Date(Math.ceil((new Date(failedAt).getTime() + keptDays * dayMs) / dayMs) * dayMs).toISOString();

/**
 * Whether a failed build keeps its finished images: because the recipe says so, or because no candidate could be launched to
 * judge them.
 */
export const keepsImages = ({ document, unjudged }: Plan): boolean =>
  document.onFailure !== 'remove' || unjudged === true;
