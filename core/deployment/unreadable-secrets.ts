import type { Facts, Seen } from '../preflight/facts.ts';
import { keyVerdict } from '../preflight/key-policy.ts';
import type { Problem } from '../recipe/problems.ts';
import { placeOfSecret, secretReference, withoutKey, type SecretReference } from '../recipe/steps/secrets.ts';
import { skippedBecause } from '../recipe/steps/surroundings.ts';
import type { Recipe } from '../recipe/types.ts';
import type { SecretKey, SecretSeen } from './seen-secret.ts';

type SecretsSeen = Pick<Facts, 'region' | 'account' | 'source' | 'secrets'>;

interface Named extends SecretReference {
  path: Problem['path'];
  /** As a reader calls it. */
  called: string;
  secret: string;
}

/** The secrets of the steps that run on the source image. A step with a condition is left out where the image is not known. */
const secretsOfSteps = ({ provision }: Recipe, { region, source }: SecretsSeen): Named[] =>
  provision.flatMap((step, index) =>
    (source ? skippedBecause(step, source) !== undefined : step.if !== undefined)
      ? []
      : Object.entries(step.secrets ?? {}).map(([variable, text]) => {
          const reference = secretReference(text);
          const called = `the ${reference.service === 'ssm' ? 'parameter' : 'secret'} ${reference.name} in ${region}`;
          return { path: ['provision', index, 'secrets', variable], called, secret: withoutKey(text), ...reference };
        }),
  );

/** What is wrong with a secret that AWS shows, as a part of a sentence after its name. */
function wrongWith(named: Named, { arn, type, stages, deletedAt, key }: SecretSeen, facts: SecretsSeen): string[] {
  const { service, name, stage = named.version === undefined ? 'AWSCURRENT' : undefined } = named;
  if (type !== undefined && type !== 'SecureString')
    return [
      `is a ${type}, which keeps its value in plain text; delete it and make it again as a SecureString, or use env if the value is no secret`,
    ];
  if (deletedAt !== undefined)
    return [
      `is scheduled for deletion (${deletedAt}) and cannot be read; restore it (aws secretsmanager restore-secret --secret-id ${name} --region ${facts.region}), or name another`,
    ];
  if (name.startsWith('arn:') && arn !== name)
    return [`has the ARN ${arn}; write that whole ARN, since the role of the builder may read exactly what is named`];
  if (service === 'secretsmanager' && stage !== undefined && !stages?.includes(stage))
    return [
      `has no version with the label ${stage}; it has ${stages?.join(', ') || 'no version, so no value'}; put a value, or name another label`,
    ];
  return wrongWithKey(key, arn, facts);
}

function wrongWithKey(key: SecretKey | undefined, arn: string, { account, region }: SecretsSeen): string[] {
  const [, , service = '', , owner = account] = arn.split(':');
  if (!key)
    return owner !== account
      ? [
          `belongs to account ${owner} and is under aws/secretsmanager, a key that other accounts cannot use; encrypt it under a key whose policy lets the builder's role decrypt`,
        ]
      : [];
  const under = `is under the key ${key.name}`;
  if (!key.seen) return [];
  if ('unseen' in key.seen)
    return key.seen.unseen === 'missing'
      ? [`${under}, which does not exist in ${region}; encrypt it under another key`]
      : [];
  if (key.seen.state !== 'Enabled')
    return [`${under}, which is ${key.seen.state}; enable the key, or encrypt it under another`];
  const asked = { user: account, action: 'kms:Decrypt', region, owner: account, service };
  return key.policy !== undefined && keyVerdict(key.policy, asked) === 'denied'
    ? [`${under}, whose policy lets nobody in account ${account} use kms:Decrypt through ${service}; allow it there`]
    : [];
}

/** Secrets that the builder could not read, as far as AWS shows it before there is a builder. */
export function unreadableSecrets(recipe: Recipe, facts: SecretsSeen): Problem[] {
  if (!facts.secrets) return [];
  return secretsOfSteps(recipe, facts).flatMap((named) => {
    const { path, called, service, name, secret } = named;
    const place = placeOfSecret(name);
    if (place && place.region !== facts.region)
      return [
        {
          path,
          message: `is a secret in ${place.region}, and builders read secrets in ${facts.region}; name one there: a replica has an ARN of its own`,
        },
      ];
    const seen = facts.secrets?.[secret]?.found;
    if (seen === undefined) return [];
    if (seen) return wrongWith(named, seen, facts).map((wrong) => ({ path, message: `${called} ${wrong}` }));
    const todo = service === 'ssm' ? 'create it as a SecureString' : 'create it';
    return [
      {
        path,
        message: `${called} does not exist in account ${place?.account ?? facts.account}; ${todo}, or correct the name`,
      },
    ];
  });
}

/** What AWS does not show of a secret, or what the roles of a deployment may not do and another role may. */
function doubtAbout(called: string, seen: Seen<SecretSeen | null>, { account }: SecretsSeen): string | undefined {
  const { found, refused } = seen;
  const { key, arn = '' } = found ?? {};
  const unseen =
    refused ?? (key?.seen && 'refused' in key.seen ? `its key ${key.name}: ${key.seen.refused}` : undefined);
  if (unseen !== undefined)
    return `could not look at ${called} before the build, so a mistake there may show only in its step: ${unseen}`;
  const keyOwner = key?.name.startsWith('arn:') ? key.name.split(':')[4] : undefined;
  return keyOwner === undefined || [account, arn.split(':')[4]].includes(keyOwner)
    ? undefined
    : `${called} is under the key ${key?.name} of account ${keyOwner}, and the role that the deployment makes for a recipe decrypts only under keys of ${account}`;
}

/** Doubts about secrets, which stop no build. */
export const secretNotes = (recipe: Recipe, facts: SecretsSeen): Problem[] =>
  secretsOfSteps(recipe, facts).flatMap(({ path, called, secret }) => {
    const seen = facts.secrets?.[secret];
    const message = seen && doubtAbout(called, seen, facts);
    return message === undefined ? [] : [{ path, message }];
  });
