import type { Path } from '../rules/rule.ts';

/** Sections of a recipe that say what stays the same for all its builds, and why. */
const fixedSections: Record<string, string> = {
  name: 'a recipe has one name',
  extends: 'files are put together before any build starts',
  parameters: 'a parameter cannot depend on another one',
  triggers: 'schedules are made when the recipe is deployed',
  retire: 'images of all builds are retired alike',
  publish: 'alarms, and recipes that build on a channel, need to know it when the recipe is deployed',
  distribute:
    'drift, sharing and the sweep compare all builds with it; only name and tags of a target may differ by build',
};

/** Keys that name a file beside the recipe. */
const files = new Set(['script', 'userDataFile']);

/** Why nothing may be put into a text at this place. Undefined if it may. */
export function fixedBecause(path: Path): string | undefined {
  const [section = '', , third] = path;
  if (path.includes('secrets')) return 'secrets are named and never put together';
  if (section === 'distribute' && (third === 'tags' || third === 'name')) return undefined;
  if (section === 'source' && path[1] === 'owner') return 'a start must not change whose images the recipe trusts';
  if (files.has(String(path.at(-1)))) return 'the files of a recipe are packed when it is deployed';
  return Object.hasOwn(fixedSections, section) ? fixedSections[section] : undefined;
}

const ofTheBuild = new Set<unknown>(['description', 'env', 'provision', 'checks']);

/** Whether a text at this place may have facts of the build, which are known only after everything else was judged. */
export const takesFacts = (path: Path): boolean =>
  ofTheBuild.has(path[0]) || path.includes('tags') || path.at(-1) === 'userData';
