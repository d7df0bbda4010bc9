import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { inBatches } from '../../core/batches.ts';
import type { Facts, Seen } from '../../core/preflight/facts.ts';
import type { SecretKey, SecretSeen } from '../../core/deployment/seen-secret.ts';
import { placeOfSecret, secretReference, secretsOfRecipe } from '../../core/recipe/steps/secrets.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { Connection } from '../connection.ts';
import { ask, everyPage } from '../errors.ts';
import { describeKeys } from '../keys.ts';
import { readKeyPolicies } from './key-policies.ts';
import { look } from './seen.ts';

type Shown = Omit<SecretSeen, 'key'> & { key?: string | undefined };

/** The most values of a filter: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const valuesOfFilter = 50;

async function describeParameters(aws: Connection, names: string[]): Promise<Map<string, Shown>> {
  const ssm = aws.client(SSMClient);
  const shown = new Map<string, Shown>();
  for (const Values of inBatches(names, valuesOfFilter)) {
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values }];
    const found = await ask({ action: 'ssm:DescribeParameters', region: aws.region, about: Values.join(', ') }, () =>
      everyPage(
        (NextToken) => ssm.send(new DescribeParametersCommand({ ParameterFilters, MaxResults: 50, NextToken })),
        ({ Parameters }) => Parameters,
      ),
    );
    for (const { Name = '', ARN: arn = '', Type: type, KeyId: key } of found) shown.set(Name, { arn, type, key });
  }
  return shown;
}

async function describeSecret(aws: Connection, name: string): Promise<Shown | undefined> {
  const call = new DescribeSecretCommand({ SecretId: name });
  const found = await ask(
    { action: 'secretsmanager:DescribeSecret', region: aws.region, about: name },
    () => aws.client(SecretsManagerClient).send(call),
    { ResourceNotFoundException: () => undefined },
  );
  if (!found) return undefined;
  const { ARN: arn = '', KmsKeyId: key, DeletedDate: deleted, VersionIdsToStages: versions = {} } = found;
  return { arn, key, stages: Object.values(versions).flat(), ...(deleted && { deletedAt: deleted.toISOString() }) };
}

/** The keys of customers under which secrets are. The keys of other accounts are not looked at: this role may see only its own. */
async function keysOf(aws: Connection, shown: Shown[], account: string): Promise<Map<string, Omit<SecretKey, 'name'>>> {
  const named = shown.flatMap(({ key }) => key ?? []).filter((key) => !key.startsWith('alias/aws/'));
  const own = named.filter((key) => !key.startsWith('arn:') || key.split(':')[4] === account);
  const keys = await look(() => describeKeys(aws, aws.region, own));
  const policies = await readKeyPolicies(aws, aws.region, [...new Set(own)], keys.found ?? {});
  return new Map(named.map((key) => [key, { seen: keys.found?.[key], policy: policies[key]?.found }]));
}

/** What AWS shows of the secrets that steps name. No call returns a value. */
export async function lookAtSecrets(aws: Connection, recipe: Recipe, account: string): Promise<Facts['secrets']> {
  const named = secretsOfRecipe(recipe).map((secret) => ({ secret, ...secretReference(secret) }));
  const parameters = named.flatMap(({ service, name }) => (service === 'ssm' ? name : []));
  const ofSsm = look(() => describeParameters(aws, parameters));
  const here = named.filter(({ name }) => (placeOfSecret(name)?.region ?? aws.region) === aws.region);
  const looks = here.map(async ({ secret, service, name }): Promise<[string, Seen<Shown | undefined>]> => {
    if (service === 'secretsmanager') return [secret, await look(() => describeSecret(aws, name))];
    const { found, refused } = await ofSsm;
    return [secret, refused === undefined ? { found: found.get(name) } : { refused }];
  });
  const seen = await Promise.all(looks);
  const keys = await keysOf(
    aws,
    seen.flatMap(([, { found }]) => found ?? []),
    account,
  );
  const withKey = ({ key, ...shown }: Shown): SecretSeen => {
    const known = key === undefined ? undefined : keys.get(key);
    return known && key !== undefined ? { ...shown, key: { name: key, ...known } } : shown;
  };
  return Object.fromEntries(
    seen.map(([secret, one]) => [
      secret,
      one.refused === undefined ? { found: one.found ? withKey(one.found) : null } : one,
    ]),
  );
}
