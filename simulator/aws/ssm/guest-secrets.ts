import type { SecretQuestion } from '../../../core/guest/steps/secret-questions.ts';
import { placeOfSecret } from '../../../core/recipe/steps/secrets.ts';
import { addKey, uuid } from '../keys.ts';
import { findSecret, putSecret } from './secrets.ts';
import type { Instance } from '../state/instances.ts';
import type { World } from '../state/world.ts';
import { setParameter } from './parameters.ts';

/** What a guest reads before a step with secrets: their values by variable, or what it prints to stderr. */
type Read = { values: Record<string, string>; refused?: never } | { refused: string };

/** Reads secrets as the guest's program does: with the rights of the role of its instance, in its region. */
export function readSecrets(world: World, instance: Instance, secrets: SecretQuestion[]): Read {
  const profile = instance.profileArn?.split('/').at(-1) ?? '';
  const values: Record<string, string> = {};
  for (const { variable, named, ask, key } of secrets) {
    const about = `${named}, the secret of ${variable},`;
    const refused = `${about} cannot be read in ${instance.region} (HTTP 400)`;
    const allowed = 'Name' in ask ? ask.Name : `secret:${ask.SecretId}`;
    if (world.secretReaders?.[profile]?.includes(allowed) === false)
      return { refused: `${refused}: AccessDeniedException: ${profile} is not authorized` };
    const text = valueOf(world, instance, ask);
    if (text === undefined) return { refused: `${refused}: it was not found` };
    const value = key === undefined ? text : fieldOf(text, key);
    if (value === undefined) return { refused: `${about} has no key ${key} in its JSON` };
    values[variable] = value;
  }
  return { values };
}

function valueOf(world: World, { region, owner }: Instance, ask: SecretQuestion['ask']): string | undefined {
  const there = world.region(region);
  if ('Name' in ask) return there.parameters.get(`${owner} ${ask.Name}`)?.versions.at(-1)?.value;
  const secret = findSecret(there, owner, ask.SecretId);
  if (secret?.deletedAt !== undefined) return undefined;
  const { VersionId: id, VersionStage: stage = id === undefined ? 'AWSCURRENT' : undefined } = ask;
  return secret?.versions.find(
    (version) => (id ?? version.id) === version.id && (stage === undefined || version.stages.includes(stage)),
  )?.value;
}

function fieldOf(text: string, key: string): string | undefined {
  const fields = JSON.parse(text) as Record<string, unknown>;
  const value = fields[key];
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** The program masks the values of secrets in what a step prints: each line that has at least four characters. */
export const masked = (text: string, values: Record<string, string>): string =>
  Object.values(values)
    .flatMap((value) => value.split(/\r\n|[\r\n]/))
    .filter((line) => line.length >= 4)
    .toSorted((a, b) => b.length - a.length)
    .reduce((so, line) => so.replaceAll(line, '***'), text);

/**
 * Sets a SecureString parameter of the account or, after `secret:`, a secret of Secrets Manager. Its versions have the labels and ids
 * that references name. A secret of another account is under a key of that account, and its policy lets the account in.
 */
export function setSecret(
  world: World,
  region: string,
  name: string,
  value: string,
  references: { stage?: string; version?: string }[] = [],
): void {
  if (!name.startsWith('secret:'))
    return setParameter(world, region, world.account, name, value, { type: 'SecureString' });
  const stages = ['AWSCURRENT', ...references.flatMap(({ stage = [] }) => stage)];
  const ids = references.flatMap(({ version = [] }) => version);
  const versions = [...new Set(stages)].map((stage, at) => ({
    id: ids[at] ?? uuid(name, stage),
    stages: [stage],
    value,
  }));
  const { account } = placeOfSecret(name.slice(7)) ?? { account: world.account };
  const elsewhere = account !== world.account && {
    sharedWith: [world.account],
    key: addKey(world.keys, account, region, 'alias/secrets').arn,
  };
  putSecret(world, region, name.slice(7), { versions, ...elsewhere });
}
