import * as z from 'zod/mini';
import { accountId, distinct, formed, kmsKey } from '../scalars.ts';

/** One entry of the key `copyTo`: a copy of the target's image that another account owns. */
const accountCopy = z.strictObject({
  account: accountId.check(z.describe('Account that gets a copy of its own: 12 digits in quotes.')),
  role: z
    ._default(
      z
        .string()
        .check(
          formed(
            /^golden-copy-target[\w+=,.@-]{0,46}$/,
            'be the name of a role that begins with golden-copy-target, at most 64 characters',
          ),
        ),
      'golden-copy-target',
    )
    .check(
      z.describe(
        'Name of the role that the pipeline assumes in the account. It begins with golden-copy-target: the pipeline may assume no other. infrastructure/examples/copy-target-role.yml makes it.',
      ),
    ),
  externalId: z.exactOptional(
    z
      .string()
      .check(
        formed(/^[\w+=,.@:/-]{2,1224}$/, 'be 2 to 1224 letters, digits and +=,.@:/-_'),
        z.describe('External id that the role asks for.'),
      ),
  ),
  kmsKey: z.exactOptional(
    kmsKey.check(z.describe('KMS key of that account that encrypts the copy: id, ARN or alias/<name>.')),
  ),
  accounts: z
    ._default(distinct(accountId), [])
    .check(z.describe('Accounts that may launch the copy: 12 digits each, in quotes.')),
  publish: z
    ._default(z.boolean(), false)
    .check(
      z.describe(
        'Whether the parameter of the channel in that account points at the copy, under the same name as here.',
      ),
    ),
});

/** The key `copyTo` of a target. */
export const copyTo = z
  .array(accountCopy)
  .check(
    z.minLength(1),
    z.maxLength(40),
    z.describe(
      'Accounts that get a copy of their own in this region. The image is shared with an account only while its copy is made.',
    ),
  );
