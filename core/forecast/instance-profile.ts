import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Seen } from '../preflight/facts.ts';

/** An instance profile as IAM shows it. Undefined if there is none of that name. */
export type ProfileSeen = { roles: string[] } | undefined;

const path = ['builder', 'instanceProfile'];

/** An instance profile that does not exist, or without the role from which the SSM agent takes its permissions. */
export function profileProblems(
  { builder: { instanceProfile: name } }: Recipe,
  { found, refused }: Seen<ProfileSeen>,
): Problem[] {
  if (refused !== undefined) return [];
  if (!found)
    return [{ path, message: `IAM has no instance profile ${name} in this account; create it, or name another` }];
  if (found.roles.length > 0) return [];
  const message = `the instance profile ${name} has no role, so the SSM agent has no permissions and is never online; add a role to it`;
  return [{ path, message }];
}

/** A profile that IAM does not show. EC2 tells only whether it exists. */
export function profileNotes(
  { builder: { instanceProfile: name } }: Recipe,
  { refused }: Seen<ProfileSeen>,
): Problem[] {
  if (refused === undefined) return [];
  return [{ path, message: `could not see whether the instance profile ${name} has a role: ${refused}` }];
}
