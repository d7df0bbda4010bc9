import type { Plan } from '../build/plan.ts';
import type { AmiDescription } from '../launch/source.ts';

/** An image that a failed build leaves in one region, for a start that goes on with it. */
export interface KeptImage {
  region: string;
  ami: string;
  snapshots: string[];
  /** ISO instant after which a sweep may remove it; null where AWS refused the tag that says so. */
  expires: string | null;
}

const dayMs = 24 * 3600 * 1000;
const keptDays = 7;

/**
 * Until when what a failed build keeps stays: seven days, and on to the end of the day, so that a second clean-up says the
 * same.
 */
export const keptUntil = (failedAt: string): string =>
  new Date(Math.ceil((new Date(failedAt).getTime() + keptDays * dayMs) / dayMs) * dayMs).toISOString();

/** Whether a failed build keeps its finished images: the recipe says so, or no candidate could be launched to judge them. */
export const keepsImages = ({ document, unjudged }: Plan): boolean =>
  document.onFailure === 'keep-image' || unjudged === true;

/** Whether an AMI may be one to keep after all: EC2 shows a finished one as pending for a while, here and there. */
export const mayBeKept = (plan: Plan, { state }: AmiDescription): boolean => keepsImages(plan) && state === 'pending';

/** Whether a failed build keeps an AMI. One that is not finished would never be, once its build has ended. */
export const isKept = (plan: Plan, { state }: AmiDescription): boolean => keepsImages(plan) && state === 'available';
