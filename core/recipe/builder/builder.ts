import * as z from 'zod/mini';
import { builderDisk, device, speedKeys } from '../image/devices.ts';
import { volumeName } from './volume-names.ts';
import { network } from './network-keys.ts';
import { instanceKeys } from './instance-keys.ts';
import { tenancyKeys } from './tenancy-keys.ts';
import { spotKeys } from './spot-keys.ts';
import { userDataKeys } from './first-boot-keys.ts';
import { distinct, formed, kmsKey } from '../scalars.ts';

const volumeKeys = {
  type: z
    ._default(z.enum(['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1']), 'gp3')
    .check(z.describe('EBS volume type. st1 and sc1 are hard disks, which cannot be a root volume.')),
  encrypted: z.exactOptional(
    z
      .boolean()
      .check(
        z.describe(
          'Whether the volume is encrypted. If left out, it is encrypted if kmsKey is given; otherwise the account and the source image decide. Encrypted images can only be shared with a customer-managed kmsKey.',
        ),
      ),
  ),
  kmsKey: z.exactOptional(
    kmsKey.check(z.describe('KMS key of the volume, in the region the pipeline runs in: id, ARN or alias/<name>.')),
  ),
  ...speedKeys,
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
const idOf = (prefix: string) =>
  z.string().check(formed(new RegExp(`^${prefix}-[0-9a-f]{8,17}$`), `be an id such as ${prefix}-0123456789abcdef0`));

/** The key `builder` of a recipe: the instance on which the image is made, and its disks. */
export const builder = z
  .strictObject({
    instanceTypes: distinct(instanceType).check(
      z.minLength(1),
      z.maxLength(30),
      z.describe(
        'Instance types to try in this order, in each subnet, until EC2 has capacity. All have the architecture of the source image. Without capacity, EC2 is asked again for about an hour for the builder, and for six hours for the instance that runs the checks.',
      ),
    ),
    subnets: z
      ._default(distinct(idOf('subnet')).check(z.maxLength(20)), [])
      .check(
        z.describe(
          'Subnets to try in this order. If left out, those of the deployment; if it has none, those of the default VPC.',
        ),
      ),
    securityGroups: z
      // Amazon VPC quotas (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html): 5 for an interface, at most 16 when
      // raised.
      ._default(distinct(idOf('sg')).check(z.maxLength(16)), [])
      .check(
        z.describe(
          'Security groups of builder and candidate: at most 5, or 16 if AWS has raised the quota. If left out, those of the deployment. They need no inbound rule, because only SSM reaches the instances.',
        ),
      ),
    network: z.exactOptional(network),
    publicIp: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            'Whether builder and candidate get a public IPv4 address. If left out, the subnet decides. Needs subnets, in the recipe or in the deployment. No security group of the deployment lets inbound traffic through.',
          ),
        ),
    ),
    instanceProfile: z.exactOptional(
      z
        .string()
        .check(
          z.regex(/^[\w+=,.@-]{1,128}$/, 'must be the name of an instance profile, not an ARN'),
          z.describe(
            'Instance profile of builder and candidate. If left out, that of the deployment, which allows only what the SSM agent needs.',
          ),
        ),
    ),
    candidateKeyPair: z.exactOptional(
      z
        .string()
        .check(
          z.maxLength(255),
          formed(/^[!-~]([ -~]*[!-~])?$/, 'be the name of a key pair in printable ASCII'),
          z.describe(
            'EC2 key pair of the candidate, by name, for people who look at a held one. On Windows, EC2 encrypts the password of Administrator with it. The builder gets none, because the key would become part of the image.',
          ),
        ),
    ),
    installAgent: z.exactOptional(
      z
        .boolean()
        .check(
          z.describe(
            "Whether the builder installs the SSM agent when it starts, from AWS's bucket in its region. For Linux images that come without the agent, such as Debian and Red Hat. The agent stays in the image.",
          ),
        ),
    ),
    ...userDataKeys,
    ...spotKeys,
    ...tenancyKeys,
    ...instanceKeys,
    rootVolume: z.prefault(
      z
        .strictObject({
          sizeGiB: z.exactOptional(sizeGiB.check(z.describe('Size in GiB. If left out, that of the source image.'))),
          ...volumeKeys,
        })
        .check(z.describe('The root volume of the builder, which becomes the root of the image.')),
      {},
    ),
    disk: z.exactOptional(builderDisk),
    volumes: z
      ._default(
        z.array(
          z.strictObject({
            device,
            name: z.exactOptional(volumeName),
            sizeGiB: sizeGiB.check(z.describe('Size in GiB.')),
            ...volumeKeys,
          }),
        ),
        [],
      )
      .check(z.describe('More volumes, which become part of the image.')),
  })
  .check(z.describe('The temporary instance from which the image is made.'));
