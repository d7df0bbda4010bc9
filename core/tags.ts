import { deploymentTag } from './distribute/channel-owner.ts';
import type { Plan } from './build/plan.ts';

/** The tags that say who made a thing. AWS is the database: every look-up and every deletion goes by these. */
export type Role = 'builder' | 'candidate' | 'image';
export type Tags = Record<string, string>;

export interface BuildIdentity {
  recipe: string;
  build: string;
}

/** ISO instant after which a sweep may remove what carries it. */
export const expiresTag = 'golden:expires';

/** Tags that every thing of a build carries, and `golden:expires` where it is temporary. */
export function buildTags({ recipe, build }: BuildIdentity, role: Role, expires?: Date): Tags {
  return {
    'golden:recipe': recipe,
    'golden:build': build,
    'golden:role': role,
    ...(expires && { [expiresTag]: expires.toISOString() }),
  };
}

/** Tags of an image: of its AMIs and snapshots in every region. */
export const imageTags = (plan: Plan): Tags => ({
  Name: plan.image,
  ...plan.document.image.tags,
  ...buildTags(plan, 'image'),
  'golden:digest': plan.digest,
  ...(plan.deployment && { [deploymentTag]: plan.deployment }),
  ...(plan.origin && { 'golden:origin': plan.origin }),
});

/** Whether something found in AWS was made by this build. */
export const madeBy = ({ recipe, build }: BuildIdentity, tags: Tags): boolean =>
  tags['golden:recipe'] === recipe && tags['golden:build'] === build;
