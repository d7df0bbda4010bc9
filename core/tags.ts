/** The tags that say who made a thing. AWS is the database: every look-up and every deletion goes by these. */
export type Role = 'builder' | 'candidate' | 'image';
export type Tags = Record<string, string>;

export interface BuildIdentity {
  recipe: string;
  build: string;
}

/** Tags that every thing of a build carries; `golden:expires` is an ISO instant after which a sweep may remove it. */
export function buildTags({ recipe, build }: BuildIdentity, role: Role, expires?: Date): Tags {
  return {
    'golden:recipe': recipe,
    'golden:build': build,
    'golden:role': role,
    ...(expires && { 'golden:expires': expires.toISOString() }),
  };
}

/** Whether something found in AWS was made by this build. */
export const madeBy = ({ recipe, build }: BuildIdentity, tags: Tags): boolean =>
  tags['golden:recipe'] === recipe && tags['golden:build'] === build;
