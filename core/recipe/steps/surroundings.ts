import * as z from 'zod/mini';
import type { DiskByName } from '../builder/volume-names.ts';
import { formed, holds, oneLine } from '../scalars.ts';

// Keys that say where and for which images a step or a check runs, and what its script finds there.

/** bash cannot set these, and the other one is the last argument of a command. */
const readOnly = new Set(['BASHOPTS', 'BASH_VERSINFO', 'EUID', 'PPID', 'SHELLOPTS', 'UID', '_']);

export const variableName = z.string().check(
  formed(/^[A-Za-z_]\w*$/, 'be the name of an environment variable: letters, digits and _'),
  z.maxLength(128),
  holds((name) => !readOnly.has(name), 'be a variable that bash lets a program set'),
);

const variableValue = z.string().check(
  z.refine((value) => !/[\0\p{Cs}]/u.test(value), 'must not contain a NUL or half of a character'),
  z.maxLength(8000),
);

const variables = z.record(variableName, variableValue);

/** The key `env` of a recipe. */
export const recipeEnv = variables.check(
  z.describe(
    'Environment variables of every step and check with run, script or powershell. Values are text in any characters and reach the script unchanged. They are no place for secrets. Example: { HTTPS_PROXY: http://proxy.example.com:3128 }.',
  ),
);

const condition = z
  .strictObject({
    platform: z.exactOptional(z.enum(['linux', 'windows']).check(z.describe('Operating system of the source image.'))),
    architecture: z.exactOptional(z.enum(['x86_64', 'arm64']).check(z.describe('Architecture of the source image.'))),
  })
  .check(
    z.refine(({ platform, architecture }) => platform !== undefined || architecture !== undefined, {
      error: 'must have platform, architecture or both',
    }),
    z.describe('Runs only where the source image is so. Otherwise the plan and the manifest name it as skipped.'),
  );

/** Keys that steps and checks share. */
export const surroundingKeys = {
  if: z.exactOptional(condition),
  env: z.exactOptional(
    variables.check(
      z.describe(
        'Environment variables of run, script or powershell, on top of those of the recipe. Example: { GOPROXY: https://goproxy.example.com }.',
      ),
    ),
  ),
  workingDirectory: z.exactOptional(
    z
      .string()
      .check(
        formed(/^(\/|[A-Za-z]:[\\/])/, 'be an absolute path, such as /opt/app or C:\\app'),
        z.maxLength(1024),
        oneLine,
        z.describe(
          'Folder in which run, script or powershell begins. It must exist. If left out: that of the SSM agent, or the home of the user.',
        ),
      ),
  ),
  user: z.exactOptional(
    z
      .string()
      .check(
        formed(/^[A-Za-z_][\w.-]*$/, 'be the name of a user, such as ubuntu'),
        z.maxLength(32),
        z.describe(
          'User that runs run or script on Linux, with an environment of its own. If left out: root. The user must exist. Refused for Windows, which starts a program as another user only with a password.',
        ),
      ),
  ),
};

/** What surrounds the script of a step. */
export interface StepSurroundings {
  env?: Record<string, string>;
  workingDirectory?: string;
  user?: string;
  /** Names of secrets by variable. */
  secrets?: Record<string, string>;
}

interface Surrounded extends StepSurroundings {
  run?: string;
  script?: string;
  powershell?: string;
}

/** Whether a step runs a script of the recipe, so that the script can have surroundings. */
export const runsScript = ({ run, script, powershell }: Surrounded): boolean =>
  run !== undefined || script !== undefined || powershell !== undefined;

/** A step with the recipe's variables. Variables of the step win. A step that runs no script of the recipe gets none. */
export const withEnv = <S extends Surrounded>(step: S, env: Record<string, string> | undefined): S =>
  env && runsScript(step) ? { ...step, env: { ...env, ...step.env } } : step;

/** What is known of the system that a step runs on. */
export interface GuestSystem {
  windows: boolean;
  architecture?: string;
  /** Where the secrets of steps are. */
  region?: string;
  /** The disks that scripts find by name. */
  namedDisks?: DiskByName[];
}

type Condition = z.infer<typeof condition>;

/** Why a step is skipped on a system. Undefined if it runs. */
export function skippedBecause(step: { if?: Condition }, { windows, architecture }: GuestSystem): string | undefined {
  const { platform, architecture: wanted } = step.if ?? {};
  const is = windows ? 'windows' : 'linux';
  if (platform !== undefined && platform !== is) return `it is for ${platform}, and the source image is ${is}`;
  if (wanted !== undefined && architecture !== undefined && wanted !== architecture)
    return `it is for ${wanted}, and the source image is ${architecture}`;
  return undefined;
}
