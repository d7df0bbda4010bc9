import * as z from 'zod/mini';
import { createImage as create } from '../../aws/images/image-making.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { adoptImage, unseenImage } from '../../aws/registering/adopt-image.ts';
import { awaitedImage } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { deviceChanges } from '../../core/launch/disks.ts';
import { firstImageName, imageTags } from '../../core/distribute/image-name.ts';
import { buildReference, lambda, stage } from '../stage.ts';

/** Creates the image under its deterministic name, with its tags from the start. */
export const createImage = stage({
  name: 'CreateImage',
  input: z.strictObject({ build: buildReference, instance: z.string() }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:CreateImage', 'ec2:CreateTags'],
  async run({ build: own, instance }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const known = isFirstTry(plan, own.execution, cloud.now()) ? undefined : await adoptImage(cloud.aws, plan);
    if (known) return { ami: known, ...awaitedImage(plan, cloud.now(), 'before') };
    const { image, description } = plan.document;
    const request = {
      instance,
      name: firstImageName(plan),
      description,
      reboot: image.capture === 'stopped',
      devices: deviceChanges(plan),
      tags: imageTags(plan),
    };
    const since = cloud.now();
    const made = await create(cloud.aws, request);
    const ami = made ?? (await adoptImage(cloud.aws, plan));
    if (ami) return { ami, ...awaitedImage(plan, since, made ? 'now' : 'before') };
    throw unseenImage(cloud.aws, plan);
  },
});

export const handler = lambda(createImage);
