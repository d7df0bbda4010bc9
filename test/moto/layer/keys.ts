import { jsonAnswer, jsonCall, jsonError, mapItems, motoAccount, tagsOf, type HttpAnswer } from '../wire.ts';
import type { Ec2Call } from './ec2-call.ts';

/** One KMS call under way between a function and moto. */
export interface KmsCall {
  port: number;
  region: string;
  /** The account of the caller, and the ARN of the role there if the caller has assumed one. */
  account: string;
  role?: string | undefined;
  input: { KeyId?: string };
  keys: Keys;
  pass: () => Promise<HttpAnswer>;
}

/** moto's KMS has only keys that somebody made. A key that is named by an alias is made there when it is first asked for. */
export interface Keys {
  arnOf(region: string, name: string, account?: string): Promise<string>;
}

const managedAlias = 'alias/aws/ebs';

async function ask(port: number, action: string, region: string, input: object, account: string) {
  const { status, body } = await jsonCall(port, 'kms', `TrentService.${action}`, region, input, account);
  if (status >= 300) throw new Error(`moto refused ${action}: ${status} ${body.toString()}`);
  return JSON.parse(body.toString() || '{}') as {
    KeyMetadata: { Arn: string; KeyId: string };
    Grants: { GranteePrincipal: string; Operations: string[] }[];
  };
}

export function createKeys(port: number): Keys {
  const known = new Map<string, Promise<string>>();
  async function make(region: string, AliasName: string, account: string): Promise<string> {
    // moto itself makes the key that AWS manages
    if (AliasName === managedAlias)
      return (await ask(port, 'DescribeKey', region, { KeyId: AliasName }, account)).KeyMetadata.Arn;
    const { Arn, KeyId } = (await ask(port, 'CreateKey', region, {}, account)).KeyMetadata;
    await ask(port, 'CreateAlias', region, { AliasName, TargetKeyId: KeyId }, account);
    return Arn;
  }
  return {
    async arnOf(region, name, account = motoAccount) {
      if (!name.startsWith('alias/')) return name;
      const id = `${region} ${account} ${name}`;
      const making = known.get(id) ?? make(region, name, account);
      known.set(id, making);
      return making;
    },
  };
}

/** The roles that a key is granted to for an operation, as moto has the grants. */
export async function granteesOf(port: number, region: string, key: string, operation: string): Promise<string[]> {
  const owner = key.split(':')[4] ?? '';
  const { Grants } = await ask(port, 'ListGrants', region, { KeyId: key.split('/').at(-1) }, owner);
  return Grants.flatMap((grant) => (grant.Operations.includes(operation) ? [grant.GranteePrincipal] : []));
}

/**
 * moto's accounts do not see each other's keys. On AWS, a role uses a key of another account if a grant lets it:
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
export async function describeKey({
  port,
  region,
  account,
  role = '',
  input,
  keys,
  pass,
}: KmsCall): Promise<HttpAnswer> {
  const { KeyId = '' } = input;
  const owner = KeyId.startsWith('arn:') ? (KeyId.split(':')[4] ?? '') : account;
  if (owner !== account) {
    const grantees = await granteesOf(port, region, KeyId, 'DescribeKey');
    if (!grantees.includes(role)) return jsonError('AccessDeniedException', `${role} may not use ${KeyId}`);
    return jsonAnswer(await ask(port, 'DescribeKey', region, { KeyId: KeyId.split('/').at(-1) }, owner));
  }
  await keys.arnOf(region, KeyId, account);
  const answer = await pass();
  if (KeyId !== managedAlias || answer.status >= 300) return answer;
  return { ...answer, body: answer.body.toString().replace('"KeyManager": "CUSTOMER"', '"KeyManager": "AWS"') };
}

/** Everybody may use every key. */
export const getKeyPolicy = async (): Promise<HttpAnswer> => {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }];
  return jsonAnswer({ PolicyName: 'default', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
};

export const getEbsDefaultKmsKeyId = async (): Promise<HttpAnswer> => ({
  status: 200,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<GetEbsDefaultKmsKeyIdResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><kmsKeyId>${managedAlias}</kmsKeyId></GetEbsDefaultKmsKeyIdResponse>`,
});

/** The snapshots of a description by moto, with the key that their marks say. */
export const withKeys = (body: string): string =>
  mapItems(body, 'snapshotSet', (item) => {
    const key = tagsOf(item)['layer:key'];
    const shown = item.replaceAll(/<item>\s*<key>layer:[^<]*<\/key>\s*<value>[^<]*<\/value>\s*<\/item>/g, '');
    if (key === undefined) return shown;
    const plain = shown.replaceAll(/<(encrypted|kmsKeyId)>[^<]*<\/\1>/g, '');
    return plain.replace(/<\/item>$/, `<encrypted>true</encrypted><kmsKeyId>${key}</kmsKeyId></item>`);
  });

export async function describeSnapshots(call: Ec2Call): Promise<HttpAnswer> {
  const answer = await call.pass();
  return answer.status < 300 ? { ...answer, body: withKeys(answer.body.toString()) } : answer;
}
