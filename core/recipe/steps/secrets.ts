import * as z from 'zod/mini';
import { formed } from '../scalars.ts';
import { variableName } from './surroundings.ts';

/** What a deployment's setting `builderSecrets` takes, too: a parameter by its path, or a secret of Secrets Manager. */
const secretReference = z
  .string()
  .check(
    formed(
      /^(?!\/(aws|ssm)\/)(\/[\w.-]+)+$|^secret:[\w/+=.@-]+$/,
      'be the name of a SecureString parameter, such as /builders/token, or secret: and a name of Secrets Manager',
    ),
    z.maxLength(512),
  );

export const stepSecrets = z
  .record(variableName, secretReference)
  .check(
    z.describe(
      'Environment variables of run, script or powershell with the values of secrets. The builder reads them when the step begins, by its own role. Each is the name of a SecureString parameter, or secret: and a name of Secrets Manager, in the region of the pipeline. Example: { NPM_TOKEN: /builders/npm-token, DB: "secret:prod/db" }.',
    ),
  );

/** The secrets that the steps of a recipe read, each once. */
export const secretsOfRecipe = ({ provision }: { provision: { secrets?: Record<string, string> }[] }): string[] =>
  [...new Set(provision.flatMap(({ secrets = {} }) => Object.values(secrets)))].toSorted();
