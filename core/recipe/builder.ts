import * as z from 'zod/mini';
import { distinct, formed, kmsKey } from './scalars.ts';

const volumeKeys = {
  type: z._default(z.enum(['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1']), 'gp3').check(z.describe('EBS volume type.')),
  encrypted: z.exactOptional(
    z
      .boolean()
      .check(
        z.describe(
          'Encrypt the volume. Left out: encrypted if kmsKey is given, otherwise as the account and the source image have it. Encrypted images can only be shared with a customer-managed kmsKey.',
        ),
      ),
  ),
  kmsKey: z.exactOptional(
    kmsKey.check(z.describe('KMS key of the volume, in the region the pipeline runs in: id, ARN or alias/<name>.')),
  ),
  iops: z.exactOptional(
    z
      .int()
      .check(z.minimum(100), z.maximum(256_000), z.describe('Provisioned IOPS; gp3, and required for io1 and io2.')),
  ),
  throughput: z.exactOptional(
    z.int().check(z.minimum(125), z.maximum(2_000), z.describe('Throughput in MiB/s; gp3 only.')),
  ),
};
const sizeGiB = z.int().check(z.minimum(1), z.maximum(65_536));

const instanceType = z
  .string()
  .check(
    formed(
      /^[a-z][a-z0-9-]{0,30}\.(nano|micro|small|medium|large|\d{0,4}xlarge|metal(-\d{1,4}xl)?)$/,
      'be an instance type such as t3.small',
    ),
  );
// "Available device names" of docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html, for HVM. Only root devices end in a
// digit; a rule refuses them with a better message.
const device = z
  .string()
  .check(
    formed(
      /^(\/dev\/)?(sd[a-z]|sda1|xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x])$/,
      'be a device name such as /dev/sdf, without digits',
    ),
    z.describe('Device name, such as /dev/sdf.'),
  );
const idOf = (prefix: string) =>
  z.string().check(formed(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `be an id such as ${prefix}-0123456789abcdef0`));

export const builder = z
  .strictObject({
    instanceTypes: distinct(instanceType).check(
      z.minLength(1),
      z.maxLength(30),
      z.describe(
        'Instance types to try, in this order, in each subnet until one has room; all of the architecture of the source image. A place without room is tried again for about an hour; for the instance that the checks run on, six hours.',
      ),
    ),
    subnets: z
      ._default(distinct(idOf('subnet')).check(z.maxLength(20)), [])
      .check(
        z.describe('Subnets to try, in this order. None: those of the deployment, else those of the default VPC.'),
      ),
    securityGroups: z
      // Amazon VPC quotas (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html): 5 for an interface, at most 16 when
      // raised.
      ._default(distinct(idOf('sg')).check(z.maxLength(16)), [])
      .check(
        z.describe(
          'Security groups of builder and candidate: 5, or 16 where AWS has raised the quota. None: those of the deployment. No inbound rule is needed: SSM only.',
        ),
      ),
    publicIp: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'Whether builder and candidate get a public IPv4 address. Left out: as the subnet has it. Needs subnets, here or in the deployment. No security group of the deployment lets anything in by that address.',
          ),
        ),
    ),
    instanceProfile: z.exactOptional(
      z
        .string()
        .check(
          z.regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an instance profile, not an ARN'),
          z.describe(
            "Instance profile of builder and candidate. Left out: the deployment's own, which allows what the SSM agent needs and no more.",
          ),
        ),
    ),
    installAgent: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'Whether the builder installs the SSM agent when it starts, out of the bucket of AWS in its region: for a Linux base that comes without, such as Debian and Red Hat. The agent stays in the image.',
          ),
        ),
    ),
    rootVolume: z.prefault(
      z
        .strictObject({
          sizeGiB: z.exactOptional(sizeGiB.check(z.describe('Size in GiB. Default: that of the source image.'))),
          ...volumeKeys,
        })
        .check(z.describe('The root volume, and with it the root of the image.')),
      {},
    ),
    volumes: z
      ._default(
        z.array(z.strictObject({ device, sizeGiB: sizeGiB.check(z.describe('Size in GiB.')), ...volumeKeys })),
        [],
      )
      .check(z.describe('Further volumes, which become part of the image.')),
  })
  .check(z.describe('The temporary instance that is made into the image.'));
