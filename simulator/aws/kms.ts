import type { DescribeKeyRequest } from '@aws-sdk/client-kms';
import { ApiError, type Actions } from './calls/actions.ts';
import { keyNamed } from './keys.ts';
import { required, strict } from './calls/strict.ts';
import type { World } from './state/world.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export const kmsActions = (world: World): Actions => ({
  DescribeKey: strict('kms:DescribeKey', 'KeyId', (input: DescribeKeyRequest, caller) => {
    const { region, account } = caller;
    const name = required(input.KeyId, 'KeyId', 'ValidationException');
    const given = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):/.exec(name)?.[1] ?? region;
    if (given !== region) throw new ApiError('NotFoundException', `Invalid arn ${given}`);
    const key = keyNamed(world.keys, caller, name);
    if (!key) {
      const what = /(^|:)alias\//.test(name)
        ? `Alias ${name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${account}:${name}`} is not found.`
        : `Key '${name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${account}:key/${name}`}' does not exist`;
      throw new ApiError('NotFoundException', what);
    }
    const enabled = key.state === 'enabled';
    return {
      KeyMetadata: {
        AWSAccountId: account,
        KeyId: key.arn.split('/')[1],
        Arn: key.arn,
        Enabled: enabled,
        KeyState: enabled ? 'Enabled' : 'Disabled',
        KeyManager: key.customerManaged ? 'CUSTOMER' : 'AWS',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        Origin: 'AWS_KMS',
        MultiRegion: false,
      },
    };
  }),
});
