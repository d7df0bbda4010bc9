/** One thing that `golden doctor` looked at. `unknown`: it could not look. */
export interface DoctorCheck {
  name: string;
  status: 'right' | 'note' | 'wrong' | 'unknown';
  says: string;
  /** What to do. */
  todo?: string;
}

const partsOf = (version: string) => version.split('.').map(Number);

/** Whether this version of Node runs the command line. `least` is the oldest that does. */
export function nodeCheck(version: string, least: string): DoctorCheck {
  const [major = 0, minor = 0] = partsOf(version);
  const [leastMajor = 0, leastMinor = 0] = partsOf(least);
  const name = 'node';
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    return { name, status: 'wrong', says: `${version} is older than ${least}`, todo: 'install a newer Node' };
  return { name, status: 'right', says: version };
}

/** What a deployment was made from: of the code and of the recipes. Undefined: the deployment does not say. */
export interface DeployedVersions {
  code: string | undefined;
  recipes: string | undefined;
}

const shown = 10;

/**
 * Whether the deployed code and recipes are those of this folder.
 * @param problems What is wrong with the recipes of this folder, in lines.
 */
export function versionChecks(
  deployed: DeployedVersions,
  here: { code: string; recipes: string },
  problems: string[] = [],
): DoctorCheck[] {
  const todo = 'npm run deploy with the settings of the last deployment';
  return (['code', 'recipes'] as const).map((name): DoctorCheck => {
    if (name === 'recipes' && problems.length > 0) {
      const more = problems.length > shown ? `\nand ${problems.length - shown} more` : '';
      const says = `${problems.slice(0, shown).join('\n')}${more}`;
      return { name, status: 'wrong', says, todo: 'mend these files; a deployment refuses them' };
    }
    const [there, local] = [deployed[name], here[name]];
    if (there === undefined)
      return { name, status: 'note', says: 'an earlier version was deployed, which does not say what it is', todo };
    if (there === local) return { name, status: 'right', says: `deployed is what is in this folder (${local})` };
    return { name, status: 'note', says: `deployed is ${there}, and this folder has ${local}`, todo };
  });
}

/** A resource of a stack that somebody changed or removed without CloudFormation. */
export interface Drifted {
  id: string;
  type: string;
  status: string;
  /** The paths of the properties that differ. */
  properties: string[];
}

/** Whether the stack is as it was deployed. */
export function driftCheck(drifted: Drifted[]): DoctorCheck {
  const name = 'drift';
  if (drifted.length === 0) return { name, status: 'right', says: 'every resource is as it was deployed' };
  const lines = drifted
    .slice(0, shown)
    .map(
      ({ id, type, status, properties }) =>
        `${id} (${type}) ${status}${properties.length > 0 ? `: ${properties.join(', ')}` : ''}`,
    );
  const more = drifted.length > shown ? ` and ${drifted.length - shown} more` : '';
  return {
    name,
    status: 'wrong',
    says: `somebody changed resources without CloudFormation: ${lines.join('; ')}${more}`,
    todo: 'undo it by hand; a deployment does not change what is the same in its template',
  };
}

/** Whether CloudFormation has done with the stack. `undefined`: there is no stack of that name. */
export function stackCheck(
  stack: string,
  found: { status: string; reason?: string | undefined } | undefined,
): DoctorCheck {
  const name = 'stack';
  if (!found)
    return { name, status: 'note', says: `there is no stack ${stack}: the pipeline was deployed by other means` };
  const { status, reason } = found;
  const says = `${stack} is ${status}${reason ? `: ${reason}` : ''}`;
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return { name, status: 'right', says };
  if (status.endsWith('_IN_PROGRESS'))
    return { name, status: 'note', says, todo: 'wait until the deployment has ended' };
  return {
    name,
    status: 'wrong',
    says,
    todo: "look at the stack's events in the CloudFormation console, and deploy again",
  };
}
