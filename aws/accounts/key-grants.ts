import { CreateGrantCommand, KMSClient, ListRetirableGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import type { GrantListEntry, GrantOperation } from '@aws-sdk/client-kms';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/**
 * What EC2 does with the key of a snapshot that another account copies.
 * https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html
 */
const reading: GrantOperation[] = ['Decrypt', 'DescribeKey', 'CreateGrant', 'ReEncryptFrom'];

/** Lets a role use a key until the grant is revoked. KMS makes no second grant of the same name and content. */
export async function grantKey(
  aws: Connection,
  region: string,
  key: string,
  { name, role, retiring }: { name: string; role: string; retiring: string },
): Promise<void> {
  await ask({ action: 'kms:CreateGrant', region, about: `${key} to ${role}` }, () =>
    aws.client(KMSClient, region).send(
      new CreateGrantCommand({
        KeyId: key,
        Name: name,
        GranteePrincipal: role,
        RetiringPrincipal: retiring,
        Operations: reading,
      }),
    ),
  );
}

/** Revokes all grants of a name, on every key. @returns how many there were. */
export async function revokeGrants(aws: Connection, region: string, name: string, retiring: string): Promise<number> {
  const kms = aws.client(KMSClient, region);
  const named: GrantListEntry[] = [];
  for (let Marker: string | undefined, more = true; more;) {
    const page = await ask({ action: 'kms:ListRetirableGrants', region, about: name }, () =>
      kms.send(new ListRetirableGrantsCommand({ RetiringPrincipal: retiring, Limit: 100, Marker })),
    );
    named.push(...(page.Grants ?? []).filter((grant) => grant.Name === name));
    Marker = page.NextMarker;
    more = page.Truncated === true && Marker !== undefined;
  }
  for (const { GrantId, KeyId } of named)
    await ask(
      { action: 'kms:RevokeGrant', region, about: `${KeyId}, ${name}` },
      () => kms.send(new RevokeGrantCommand({ KeyId, GrantId })),
      { gone: () => undefined },
    );
  return named.length;
}
