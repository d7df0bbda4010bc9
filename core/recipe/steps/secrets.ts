import * as z from 'zod/mini';
import { formed } from '../scalars.ts';
import { variableName } from './surroundings.ts';

/**
 * A secret as ECS and CodeBuild write it: `name-or-arn:json-key:version-stage:version-id`, where the last parts may be left out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
const part = String.raw`[\w/+=.@-]`;
const arn = String.raw`arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:${part}+-[A-Za-z0-9]{6}`;
const form = new RegExp(`^secret:(${arn}|(?!arn:)${part}+)(?::(${part}*))?(?::(${part}*))?(?::([\\w-]*))?$`);

const secret = z
  .string()
  .check(
    formed(
      new RegExp(`^(?!/(?:aws|ssm)/)(?:/[\\w.-]+)+$|${form.source}`),
      'be the name of a SecureString parameter, such as /builders/token, or secret: and a name or whole ARN of Secrets Manager, such as secret:prod/db or, for a key of its JSON, secret:prod/db:password',
    ),
    z.maxLength(1024),
  );

export const stepSecrets = z
  .record(variableName, secret)
  .check(
    z.describe(
      'Environment variables of run, script or powershell with the values of secrets. The builder reads them when the step begins, by its own role. Each is the name of a SecureString parameter, or secret: and the name or ARN of a secret of Secrets Manager, in the region of the pipeline. After a secret, :key takes the value of a key of its JSON, and :key:stage that of a version with another label than AWSCURRENT. Example: { NPM_TOKEN: /builders/npm-token, DB: "secret:prod/db:password" }.',
    ),
  );

/** What a step names as a secret: a parameter by its name, or a secret by its name or ARN. */
export interface SecretReference {
  service: 'ssm' | 'secretsmanager';
  name: string;
  /** Whose value is taken of the JSON in the secret. */
  key?: string;
  /** Label of the version, and its id. */
  stage?: string;
  version?: string;
}

export function secretReference(text: string): SecretReference {
  const [, name, key, stage, version] = form.exec(text) ?? [];
  if (name === undefined) return { service: 'ssm', name: text };
  return { service: 'secretsmanager', name, ...(key && { key }), ...(stage && { stage }), ...(version && { version }) };
}

/** A reference without key and version. So the setting `builderSecrets` and the policies of roles name what may be read. */
export function withoutKey(text: string): string {
  const { service, name } = secretReference(text);
  return service === 'ssm' ? name : `secret:${name}`;
}

/**
 * The ARN of a secret or of a pattern with * and ?. Secrets Manager puts a hyphen and six characters of its own behind a name. The
 * policies of roles and the judgement of `builderSecrets` both take it from here, so that they agree.
 */
export const arnOfSecret = (name: string, place: { partition: string; region: string; account: string }): string =>
  name.startsWith('arn:')
    ? name
    : `arn:${place.partition}:secretsmanager:${place.region}:${place.account}:secret:${name}-??????`;

/** Where a secret is, and whose it is. Undefined for a name, which is of the pipeline's region and account. */
export function placeOfSecret(name: string): { region: string; account: string } | undefined {
  const [, region, account] = /^arn:[\w-]+:secretsmanager:([\w-]+):(\d{12}):/.exec(name) ?? [];
  return region !== undefined && account !== undefined ? { region, account } : undefined;
}

/** What the steps of a recipe may read, each once. */
export const secretsOfRecipe = ({ provision }: { provision: { secrets?: Record<string, string> }[] }): string[] =>
  [...new Set(provision.flatMap(({ secrets = {} }) => Object.values(secrets).map(withoutKey)))].toSorted();
