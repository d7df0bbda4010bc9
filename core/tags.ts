import { deploymentTag } from './distribute/channel-owner.ts';
import type { Plan } from './build/plan.ts';

/** What a tagged resource is for. AWS is the database: every look-up and every deletion goes by our tags. */
export type Role = 'builder' | 'candidate' | 'image';
export type Tags = Record<string, string>;

export interface BuildIdentity {
  recipe: string;
  build: string;
}

/** Tag with the ISO instant after which a sweep may remove the resource. */
export const expiresTag = 'golden:expires';

/** Tags of every resource of a build. A temporary resource also gets `golden:expires`. */
export function buildTags({ recipe, build }: BuildIdentity, role: Role, expires?: Date): Tags {
  return {
    'golden:recipe': recipe,
    'golden:build': build,
    'golden:role': role,
    ...(expires && { [expiresTag]: expires.toISOString() }),
  };
}

/** Tags of an image's AMIs and snapshots in every region. */
export const imageTags = (plan: Plan): Tags => ({
  Name: plan.image,
  ...plan.document.image.tags,
  ...buildTags(plan, 'image'),
  'golden:digest': plan.digest,
  ...(plan.deployment && { [deploymentTag]: plan.deployment }),
  ...(plan.origin && { 'golden:origin': plan.origin }),
});

/** Whether tags found in AWS belong to this build. */
export const madeBy = ({ recipe, build }: BuildIdentity, tags: Tags): boolean =>
  tags['golden:recipe'] === recipe && tags['golden:build'] === build;
