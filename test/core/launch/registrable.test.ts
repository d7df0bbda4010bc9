import { expect, test } from '@jest/globals';
import { amiDescription } from '../../../aws/images/ami-description.ts';
import { unregistrable } from '../../../core/launch/registrable.ts';
import { trustSource } from '../../../core/launch/source.ts';

/** The source image of an AMI that EC2 describes so. */
const sourceOf = (billing: {
  UsageOperation?: string;
  PlatformDetails?: string;
  ProductCodes?: { ProductCodeId: string }[];
}) => {
  const image = { ImageId: 'ami-0a', Name: 'base', OwnerId: '111122223333', State: 'available' as const, ...billing };
  return trustSource(amiDescription('us-east-1', image), '111122223333', 'ami-0a', 'us-east-1');
};

test.each([
  ['Linux', { UsageOperation: 'RunInstances', PlatformDetails: 'Linux/UNIX' }],
  ['what EC2 says nothing of', {}],
  ['an image with an empty list of product codes', { UsageOperation: 'RunInstances', ProductCodes: [] }],
])('an image can be registered of snapshots of %s', (_, billing) => {
  expect(unregistrable(sourceOf(billing))).toBeUndefined();
});

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
test.each([
  ['Windows', { UsageOperation: 'RunInstances:0002', PlatformDetails: 'Windows' }],
  ['Windows BYOL', { UsageOperation: 'RunInstances:0800', PlatformDetails: 'Windows BYOL' }],
  ['Red Hat', { UsageOperation: 'RunInstances:0010', PlatformDetails: 'Red Hat Enterprise Linux' }],
  ['SUSE', { UsageOperation: 'RunInstances:000g', PlatformDetails: 'SUSE Linux' }],
  ['SQL Server', { UsageOperation: 'RunInstances:0004', PlatformDetails: 'SQL Server Standard' }],
  [
    'AWS Marketplace',
    {
      UsageOperation: 'RunInstances',
      PlatformDetails: 'Linux/UNIX',
      ProductCodes: [{ ProductCodeId: 'aw0evgkw8e5c1q413zgy5pjce' }],
    },
  ],
])('no image can be registered of snapshots of %s, and the message names its codes', (_, billing) => {
  const { UsageOperation, PlatformDetails } = billing;
  const message = unregistrable(sourceOf(billing)) ?? '';
  expect(message).toContain(`is billed as ${PlatformDetails} (${UsageOperation}`);
  for (const { ProductCodeId } of 'ProductCodes' in billing ? billing.ProductCodes : [])
    expect(message).toContain(ProductCodeId);
});
