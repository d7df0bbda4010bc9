import * as z from 'zod/mini';
import { registerImage as register } from '../../aws/registering/register-image.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { adoptImage, unseenImage } from '../../aws/registering/adopt-image.ts';
import { awaitedRegistration } from '../../core/build/awaited.ts';
import { firstImageName, imageTags } from '../../core/distribute/image-name.ts';
import { registeredDevices } from '../../core/launch/captured-disks.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { buildReference, lambda, stage } from '../stage.ts';

const disk = z.strictObject({
  device: z.string(),
  snapshot: z.string(),
  sizeGiB: z.number(),
  type: z.string(),
  iops: z.optional(z.number()),
  throughput: z.optional(z.number()),
  deleteOnTermination: z.boolean(),
});

/** Registers the image from the builder's snapshots under its deterministic name, with its tags from the start. */
export const registerImage = stage({
  name: 'RegisterImage',
  input: z.strictObject({ build: buildReference, disks: z.array(disk) }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:RegisterImage', 'ec2:CreateTags'],
  async run({ build: own, disks }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const known = isFirstTry(plan, own.execution, cloud.now()) ? undefined : await adoptImage(cloud.aws, plan);
    const { source, document } = plan;
    const since = cloud.now();
    const request = {
      name: firstImageName(plan),
      description: document.description,
      architecture: source.architecture,
      rootDevice: source.rootDevice,
      bootMode: source.bootMode,
      tpm: source.tpm ?? false,
      ena: source.ena ?? true,
      imdsV2: document.image.imds === 'v2',
      devices: registeredDevices(plan, disks),
      tags: imageTags(plan),
    };
    const ami = known ?? (await register(cloud.aws, request)) ?? (await adoptImage(cloud.aws, plan));
    if (ami) return { ami, ...awaitedRegistration(plan, since) };
    throw unseenImage(cloud.aws, plan);
  },
});

export const handler = lambda(registerImage);
