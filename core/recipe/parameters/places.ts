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

/** Keys of steps and checks that name files beside the recipe. */
const fileKeys = new Set(['script', 'files.from', 'ansible.playbook', 'ansible.requirements', 'component.file']);

/** Whether a key names a file beside the recipe. */
export const namesFile = ([section, one, ...keys]: Path): boolean =>
  section === 'builder' ? one === 'userDataFile' : isStep(section) && fileKeys.has(keys.join('.'));

const isStep = (section: unknown) => section === 'provision' || section === 'checks';

/** Why nothing may be put into a text at this place. Undefined if it may. */
export function fixedBecause(path: Path): string | undefined {
  const [section = '', second, third] = path;
  if (section === 'secrets' || (isStep(section) && third === 'secrets'))
    return 'secrets are named and never put together';
  if (section === 'distribute' && (third === 'tags' || third === 'name')) return undefined;
  if (section === 'source' && second === 'owner') return 'a start must not change whose images the recipe trusts';
  if (namesFile(path)) return 'the files of a recipe are packed when it is deployed';
  return Object.hasOwn(fixedSections, section) ? fixedSections[section] : undefined;
}

/** Whether the value at this place is a text in any case. */
export const isText = (path: Path): boolean =>
  path.includes('env') || path.includes('tags') || ['description', 'run', 'powershell'].includes(String(path.at(-1)));

const ofTheBuild = new Set<unknown>(['description', 'env', 'provision', 'checks']);

/** Whether a text at this place may have facts of the build, which are known only after everything else was judged. */
export const takesFacts = (path: Path): boolean =>
  ofTheBuild.has(path[0]) || path.includes('tags') || path.at(-1) === 'userData';
