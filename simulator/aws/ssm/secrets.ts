import type { DescribeSecretRequest } from '@aws-sdk/client-secrets-manager';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { required, strict } from '../calls/strict.ts';
import { partitionIn } from '../partition.ts';
import { createRandom } from '../../random.ts';
import type { Region } from '../state/region.ts';
import type { Secret } from '../state/parameters.ts';
import type { World } from '../state/world.ts';

/** A secret by its name, its ARN, or its ARN without the last six characters. Another account's secret has only ARNs. */
export function findSecret({ secrets }: Region, account: string, id: string): Secret | undefined {
  if (!id.startsWith('arn:')) return secrets.get(`${account} ${id}`);
  return [...secrets.values()].find(({ arn }) => arn === id || arn.slice(0, -7) === id);
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html: it also shows a secret that is scheduled
 * for deletion. KmsKeyId is absent for aws/secretsmanager. The policy of a secret of another account must let the caller look:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
 */
export const secretsManagerActions = (world: World): Actions => ({
  DescribeSecret: strict('secretsmanager:DescribeSecret', 'SecretId', (input: DescribeSecretRequest, caller) => {
    const id = required(input.SecretId, 'SecretId', 'InvalidParameterException');
    const secret = findSecret(world.region(caller.region), caller.account, id);
    const owner = (secret?.arn ?? id).split(':')[4] ?? caller.account;
    if (owner !== caller.account && !secret?.sharedWith.includes(caller.account)) throw notAllowed(caller, id);
    if (!secret) throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    const stages = secret.versions.map(({ id: version, stages: labels }) => [version, labels] as const);
    return {
      ARN: secret.arn,
      Name: secret.name,
      KmsKeyId: secret.key,
      ...(secret.deletedAt !== undefined && { DeletedDate: new Date(secret.deletedAt) }),
      ...(stages.length > 0 && { VersionIdsToStages: Object.fromEntries(stages) }),
    };
  }),
});

const notAllowed = ({ account }: Caller, id: string) =>
  new ApiError(
    'AccessDeniedException',
    `User: arn:aws:sts::${account}:assumed-role/golden is not authorized to perform: secretsmanager:DescribeSecret on resource: ${id} because no resource-based policy allows the secretsmanager:DescribeSecret action`,
  );

/** Makes or changes a secret without the API. @param id Its name, or its ARN in any account. */
export function putSecret(world: World, region: string, id: string, changes: Partial<Secret>): Secret {
  const { secrets } = world.region(region);
  const [, owner = world.account, name = id] = /^arn:.*:(\d{12}):secret:(.+)-\w{6}$/.exec(id) ?? [];
  const made = `arn:${partitionIn(region)}:secretsmanager:${region}:${owner}:secret:${name}-${createRandom('secret', region, name).hex(6)}`;
  const before = secrets.get(`${owner} ${name}`) ?? {
    name,
    arn: id.startsWith('arn:') ? id : made,
    sharedWith: [],
    versions: [],
  };
  const secret = { ...before, ...changes };
  secrets.set(`${owner} ${name}`, secret);
  return secret;
}
