import * as z from 'zod/mini';
import { distinct, formed } from '../scalars.ts';

/** The keys of `builder` for the hardware on which builder and candidate run, and for licences that count it. */
export const tenancyKeys = {
  tenancy: z.exactOptional(
    z
      .enum(['default', 'dedicated', 'host'])
      .check(
        z.describe(
          'Hardware of builder and candidate: shared, dedicated to the account, or a Dedicated Host of the account. If left out, the VPC decides.',
        ),
      ),
  ),
  hostId: z.exactOptional(
    z
      .string()
      .check(
        formed(/^h-[0-9a-f]{8,17}$/, 'be an id such as h-0123456789abcdef0'),
        z.describe(
          'Dedicated Host of builder and candidate. Needs tenancy: host. If left out, any host of the account.',
        ),
      ),
  ),
  hostResourceGroup: z.exactOptional(
    z
      .string()
      .check(
        formed(
          /^arn:aws[a-z-]*:resource-groups:[a-z0-9-]+:\d{12}:group\/[\w.-]{1,300}$/,
          'be the ARN of a resource group such as arn:aws:resource-groups:us-east-1:111122223333:group/hosts',
        ),
        z.describe('Host resource group of License Manager for builder and candidate. Needs tenancy: host.'),
      ),
  ),
  placementGroup: z.exactOptional(
    z
      .string()
      .check(
        z.minLength(1),
        z.maxLength(255),
        formed(/^[ -~]+$/, 'be printable ASCII'),
        z.describe('Name of the placement group of builder and candidate.'),
      ),
  ),
  licenses: z.exactOptional(
    distinct(
      z
        .string()
        .check(
          formed(
            /^arn:aws[a-z-]*:license-manager:[a-z0-9-]+:\d{12}:license-configuration:lic-[0-9a-f]{32}$/,
            'be the ARN of a license configuration, arn:aws:license-manager:<region>:<account>:license-configuration:lic-…',
          ),
        ),
    ).check(
      z.minLength(1),
      z.maxLength(10),
      z.describe('License configurations of License Manager, which count builder and candidate while they run.'),
    ),
  ),
};
