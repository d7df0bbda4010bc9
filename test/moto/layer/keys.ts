import { motoAccount, jsonAnswer, mapItems, tagsOf, type HttpAnswer } from '../wire.ts';
import type { Ec2Call } from './ec2-call.ts';

const managedAlias = 'alias/aws/ebs';

/** Every key that is named exists, under an ARN that follows from its name. */
export const keyArn = (region: string, name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${motoAccount}:key/${Buffer.from(name).toString('hex')}`;

export function describeKey(region: string, { KeyId = '' }: { KeyId?: string }): HttpAnswer {
  const Arn = keyArn(region, KeyId);
  const KeyManager = KeyId === managedAlias ? 'AWS' : 'CUSTOMER';
  return jsonAnswer({ KeyMetadata: { KeyId: Arn.split('/')[1], Arn, KeyManager, KeyState: 'Enabled', Enabled: true } });
}

/** Everybody may use every key. */
export const getKeyPolicy = (): HttpAnswer => {
  const Statement = [{ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*' }];
  return jsonAnswer({ PolicyName: 'default', Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
};

export const getEbsDefaultKmsKeyId = async (): Promise<HttpAnswer> => ({
  status: 200,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<GetEbsDefaultKmsKeyIdResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><kmsKeyId>${managedAlias}</kmsKeyId></GetEbsDefaultKmsKeyIdResponse>`,
});

/** The snapshots as moto has them, with the key that their marks say. */
export async function describeSnapshots({ pass }: Ec2Call): Promise<HttpAnswer> {
  const answer = await pass();
  if (answer.status >= 300) return answer;
  const body = mapItems(answer.body.toString(), 'snapshotSet', (item) => {
    const key = tagsOf(item)['layer:key'];
    const shown = item.replaceAll(/<item>\s*<key>layer:[^<]*<\/key>\s*<value>[^<]*<\/value>\s*<\/item>/g, '');
    if (key === undefined) return shown;
    const plain = shown.replaceAll(/<(encrypted|kmsKeyId)>[^<]*<\/\1>/g, '');
    return plain.replace(/<\/item>$/, `<encrypted>true</encrypted><kmsKeyId>${key}</kmsKeyId></item>`);
  });
  return { ...answer, body };
}
