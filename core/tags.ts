/** What a tagged resource is for. AWS is the database: every look-up and every deletion goes by our tags. */
export type Role = 'builder' | 'candidate' | 'image';
export type Tags = Record<string, string>;

export interface BuildIdentity {
  recipe: string;
  build: string;
}

/** Tells builds apart in maps and sets. */
export const buildKey = ({ recipe, build }: BuildIdentity): string => `${recipe}/${build}`;

/** Tag with the ISO instant after which a sweep may remove the resource. */
export const expiresTag = 'golden:expires';

/** Tag of a snapshot that stays although its AMI was deregistered, and of an AMI restored from the archive. Its value names the origin. */
export const keptTag = 'golden:kept';

/** Tag of an instance that a person looks at after its build failed. Its value is the time when the instance ends itself. */
export const heldTag = 'golden:held';

/** Tags of every resource of a build. A temporary resource also gets `golden:expires`. */
export function buildTags({ recipe, build }: BuildIdentity, role: Role, expires?: Date): Tags {
  return {
    'golden:recipe': recipe,
    'golden:build': build,
    'golden:role': role,
    ...(expires && { [expiresTag]: expires.toISOString() }),
  };
}

/** Whether tags found in AWS belong to this build. */
export const madeBy = ({ recipe, build }: BuildIdentity, tags: Tags): boolean =>
  tags['golden:recipe'] === recipe && tags['golden:build'] === build;
