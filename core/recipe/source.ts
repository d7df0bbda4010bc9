import * as z from 'zod/mini';
import { channelPath } from './names.ts';
import { formed, oneLine, owner } from './scalars.ts';

/** The keys that name a source. A recipe has exactly one of them. */
export const ways = ['parameter', 'filter', 'ami', 'channel', 'disk'] as const;

const diskFile = z
  .string()
  .check(
    formed(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^/\s].{0,1022}$/,
      'be the place of an object, such as s3://disks/web.vmdk',
    ),
    oneLine,
    z.describe(
      'In place of snapshot: a file with the disk, in a bucket of this account and region, such as s3://disks/web.vmdk. EC2 imports it.',
    ),
  );

/** The formats of files that EC2 imports as a snapshot: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SnapshotDiskContainer.html */
export const diskFormats = ['vmdk', 'vhd', 'raw'] as const;
const diskFormat = z
  .enum(diskFormats, {
    error: ({ input }) =>
      `must be ${diskFormats.join(', ')}, got ${JSON.stringify(input)}. Of an OVA take the VMDK inside; turn any other format into raw, such as with qemu-img convert`,
  })
  .check(z.describe('Format of the file. vmdk is the stream-optimized one, as in an OVA. vhd is no VHDX.'));

/** What is wrong with a file and its format, as `golden import` takes them. */
export const diskFileProblems = (given: { file: string; format: string }): { path: string; message: string }[] =>
  (z.safeParse(z.object({ file: diskFile, format: diskFormat }), given).error?.issues ?? []).map(
    ({ path, message }) => ({ path: String(path[0]), message }),
  );

const disk = z
  .strictObject({
    snapshot: z.exactOptional(
      z
        .string()
        .check(
          formed(/^snap-([0-9a-f]{8}|[0-9a-f]{17})$/, 'be a snapshot id such as snap-0123456789abcdef0'),
          z.describe(
            'The snapshot, in the region the pipeline runs in. It is complete, and our own or shared with us. Without snapshot and file, each start names one: golden register or golden import.',
          ),
        ),
    ),
    file: z.exactOptional(diskFile),
    format: z.exactOptional(diskFormat),
    importRole: z.exactOptional(
      z
        .string()
        .check(
          formed(/^[\w+=,.@-]{1,64}$/, 'be the name of a role'),
          z.describe('Role that lets EC2 read the file and make the snapshot. If left out: vmimport.'),
        ),
    ),
    architecture: z.enum(['x86_64', 'arm64']).check(z.describe('Architecture of the system on the disk.')),
    rootDevice: z
      ._default(z.string(), '/dev/xvda')
      .check(formed(/^\/dev\/(xvda|sda1)$/, 'be /dev/xvda or /dev/sda1'), z.describe('Device of the root volume.')),
    bootMode: z.exactOptional(
      z
        .enum(['legacy-bios', 'uefi', 'uefi-preferred'])
        .check(z.describe('How the system boots. If left out, the instance type decides.')),
    ),
    tpm: z.exactOptional(z.boolean().check(z.describe('true: instances get a NitroTPM. Needs bootMode uefi.'))),
  })
  .check(
    z.describe(
      'Root disk with Linux that no builder made: a snapshot, which is copied, or a file, which is imported. It is registered as an image, which is checked, copied and published like others. There are no steps, and nothing is sanitized.',
    ),
  );

export const source = z
  .strictObject({
    parameter: z.exactOptional(
      z.string().check(
        z.regex(
          /^[\w./-]+$/,
          'must be the name of an SSM parameter, such as /aws/service/ami-windows-latest/Windows_Server-2025-English-Full-Base',
        ),
        z.maxLength(1011),
        // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
        z.refine(
          (input) => input.split('/').filter(Boolean).length <= 15,
          'must have at most 15 levels, as names of parameters do',
        ),
        z.describe('SSM parameter that holds the AMI id. AWS, Canonical and Debian have public ones.'),
      ),
    ),
    filter: z.exactOptional(
      z
        .strictObject({
          name: z
            .string()
            .check(
              z.minLength(3),
              z.maxLength(255),
              oneLine,
              z.regex(/[^*?]/, 'must say more than wildcards'),
              z.describe('Name of the AMI, with the wildcards * and ?. The newest match is taken.'),
            ),
          architecture: z.exactOptional(z.enum(['x86_64', 'arm64']).check(z.describe('Architecture of the AMI.'))),
        })
        .check(
          z.describe(
            'The newest AMI of the owner that matches. For the image of another recipe use channel, because a filter finds that image before it is checked.',
          ),
        ),
    ),
    ami: z.exactOptional(
      z
        .string()
        .check(
          formed(/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/, 'be an AMI id such as ami-0123456789abcdef0'),
          z.describe('One AMI, by its id in the region the pipeline runs in.'),
        ),
    ),
    channel: z.exactOptional(
      channelPath.check(
        z.describe('Channel of another recipe, whose published image is the source: <recipe>/<channel>.'),
      ),
    ),
    disk: z.exactOptional(disk),
    owner: z.exactOptional(
      owner.check(
        z.describe(
          "Owner that the source image or the snapshot must have: amazon, self or a quoted account id. With a filter, name an account id, because amazon also matches images of Amazon's verified partners. The pipeline compares AWS's answer with this owner. Required, except with channel, whose images are always our own.",
        ),
      ),
    ),
  })
  .check(
    z.describe('What the build starts from: exactly one of parameter, filter, ami, channel and disk.'),
    z.meta({ oneOf: ways.map((way) => ({ required: way === 'channel' ? [way] : [way, 'owner'] })) }),
  );
