import * as z from 'zod/mini';
import { formed } from '../scalars.ts';

/** IOPS and throughput of a volume. */
export const speedKeys = {
  iops: z.exactOptional(
    z
      .int()
      .check(
        z.minimum(100),
        z.maximum(256_000),
        z.describe('Provisioned IOPS, for gp3, io1 and io2. io1 and io2 require it.'),
      ),
  ),
  throughput: z.exactOptional(
    z.int().check(z.minimum(125), z.maximum(2_000), z.describe('Throughput in MiB/s, for gp3 only.')),
  ),
};

// "Available device names" of docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html, for HVM. Only root devices end in a
// digit; a rule refuses them with a better message.
export const device = z
  .string()
  .check(
    formed(
      /^(\/dev\/)?(sd[a-z]|sda1|xvd[a-z]|xvd[a-c][a-z]|xvdd[a-x])$/,
      'be a device name such as /dev/sdf, without digits',
    ),
    z.describe('Device name, such as /dev/sdf.'),
  );

const deleteOnTermination = z.exactOptional(
  z
    .boolean()
    .check(
      z.describe(
        'Whether EC2 deletes the volume together with an instance of the image. If left out, it does. With false, the volume stays and is paid for until somebody deletes it.',
      ),
    ),
);

/** The key `builder.disk`: the speed of the builder's root volume while the image is made. */
export const builderDisk = z
  .strictObject(speedKeys)
  .check(
    z.describe(
      "Speed of the builder's root volume while the image is made. Before the image is made, the pipeline gives the volume the speed of the image, so that nobody pays for the builder's speed later.",
    ),
  );

/** The key `image.rootVolume`: what the image says of its root volume. */
export const imageRootVolume = z
  .strictObject({ ...speedKeys, deleteOnTermination })
  .check(
    z.describe(
      'Root volume of instances of the image, where it differs from builder.rootVolume. Its size, type and encryption are those of builder.rootVolume, since EC2 changes none of them when it makes an image.',
    ),
  );

/** One entry of the key `image.volumes`: a device in which the image differs from the builder. */
export const imageVolume = z.strictObject({
  device,
  drop: z.exactOptional(
    z
      .literal(true)
      .check(z.describe('The image goes without this volume of the builder or of the source image (NoDevice).')),
  ),
  ephemeral: z.exactOptional(
    z
      .int()
      .check(
        z.minimum(0),
        z.maximum(23),
        z.describe(
          'Maps this instance store volume of the instance type to the device. Instance types with NVMe instance store attach those volumes in any case, and ignore this.',
        ),
      ),
  ),
  deleteOnTermination,
});
