import type { CreateGrantRequest, ListRetirableGrantsRequest, RevokeGrantRequest } from '@aws-sdk/client-kms';
import { ApiError, type Actions, type Caller } from './calls/actions.ts';
import { accountOf, keyNamed, type Key } from './keys.ts';
import { required, strict } from './calls/strict.ts';
import type { World } from './state/world.ts';

/** A key of the caller's account by its id or ARN: grants are not made by alias. */
function ownKey(world: World, caller: Caller, id: string | undefined): Key {
  const name = required(id, 'KeyId', 'ValidationException');
  const key = /(^|:)alias\//.test(name) ? undefined : keyNamed(world.keys, caller, name);
  if (!key || accountOf(key) !== caller.account)
    throw new ApiError('NotFoundException', `Key '${name}' does not exist`);
  return key;
}

/**
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html
 */
export const grantActions = (world: World): Actions => ({
  CreateGrant: strict(
    'kms:CreateGrant',
    'KeyId Name GranteePrincipal RetiringPrincipal Operations',
    (input: CreateGrantRequest, caller) => createGrant(world, input, caller),
  ),
  ListRetirableGrants: strict(
    'kms:ListRetirableGrants',
    'RetiringPrincipal Limit Marker',
    (input: ListRetirableGrantsRequest, caller) => {
      const keys = new Set(world.keys.get(caller.region)?.values() ?? []);
      const all = [...keys].flatMap((key) => [...key.grants].map(([id, grant]) => ({ key, id, grant })));
      const found = all.filter(({ grant }) => grant.retiring === input.RetiringPrincipal);
      const [from, limit] = [Number(input.Marker ?? 0), input.Limit ?? 50];
      const more = found.length > from + limit;
      return {
        Grants: found.slice(from, from + limit).map(({ key, id, grant }) => ({
          KeyId: key.arn,
          GrantId: id,
          Name: grant.name,
          CreationDate: new Date(grant.createdAt),
          GranteePrincipal: grant.grantee,
          RetiringPrincipal: grant.retiring,
          IssuingAccount: `arn:aws:iam::${accountOf(key)}:root`,
          Operations: [...grant.operations],
        })),
        Truncated: more,
        ...(more && { NextMarker: String(from + limit) }),
      };
    },
  ),
  RevokeGrant: strict('kms:RevokeGrant', 'KeyId GrantId', (input: RevokeGrantRequest, caller) => {
    const key = ownKey(world, caller, input.KeyId);
    const id = required(input.GrantId, 'GrantId', 'ValidationException');
    if (!key.grants.delete(id)) throw new ApiError('NotFoundException', `Grant id ${id} not found`);
    return {};
  }),
});

function createGrant(world: World, input: CreateGrantRequest, caller: Caller) {
  const key = ownKey(world, caller, input.KeyId);
  const { Name: name = '', Operations: operations = [], RetiringPrincipal: retiring = '' } = input;
  const grantee = required(input.GranteePrincipal, 'GranteePrincipal', 'ValidationException');
  if (!/^[a-zA-Z0-9:/_-]{1,256}$/.test(name))
    throw new ApiError('ValidationException', `Value '${name}' at 'name' failed to satisfy constraint`);
  // The principal of a grant must exist.
  if (!world.roles.has(grantee))
    throw new ApiError('InvalidArnException', `ARN does not refer to a valid principal: ${grantee}`);
  if (!key.customerManaged)
    throw new ApiError(
      'AccessDeniedException',
      `User is not authorized to perform: kms:CreateGrant on resource: ${key.arn}`,
    );
  if (key.state !== 'enabled') throw new ApiError('DisabledException', `${key.arn} is disabled.`);
  const content = JSON.stringify([name, grantee, retiring, operations]);
  const same = [...key.grants].find(
    ([, one]) => JSON.stringify([one.name, one.grantee, one.retiring, one.operations]) === content,
  );
  // A request with the name and content of an earlier one returns that grant.
  const id = same?.[0] ?? world.chance('grant', caller.region).hex(64);
  if (!same) key.grants.set(id, { name, grantee, retiring, operations, createdAt: world.clock.now() });
  return { GrantId: id, GrantToken: `token-${id}` };
}
