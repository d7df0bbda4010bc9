import * as z from 'zod/mini';
import { createImage as create } from '../../aws/images/image-making.ts';
import { findOwnImages } from '../../aws/images/own-images.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { awaitedImage } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import { deviceChanges } from '../../core/launch/disks.ts';
import { firstImageName, imageTags } from '../../core/distribute/image-name.ts';
import { madeBy } from '../../core/tags.ts';
import { buildReference, lambda, stage, type StageContext } from '../stage.ts';

/** CreateImage has no idempotency token, so the name acts as one. An AMI of that name is ours only with this build's tags. */
async function adopt({ aws }: StageContext, plan: Plan): Promise<string | undefined> {
  const name = firstImageName(plan);
  const [first, ...others] = await findOwnImages(aws, aws.region, name);
  if (!first) return undefined;
  const strangers = [first, ...others].filter(({ tags }) => !madeBy(plan, tags));
  if (others.length === 0 && strangers.length === 0) return first.ami;
  const ids = [first, ...others].map(({ ami }) => ami).join(', ');
  throw new Failure(
    'TwinFound',
    `the name ${name} in ${aws.region} is taken by ${ids}, not (only) by this build; look at their tags before deregistering any`,
  );
}

/** Creates the image under its deterministic name, with its tags from the start. */
export const createImage = stage({
  name: 'CreateImage',
  input: z.strictObject({ build: buildReference, instance: z.string() }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages', 'ec2:CreateImage', 'ec2:CreateTags'],
  async run({ build: own, instance }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const known = isFirstTry(plan, own.execution, cloud.now()) ? undefined : await adopt(cloud, plan);
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
    const ami = made ?? (await adopt(cloud, plan));
    if (ami) return { ami, ...awaitedImage(plan, since, made ? 'now' : 'before') };
    throw new Failure(
      'AwsTransient',
      `EC2 in ${cloud.aws.region} says the name ${request.name} is taken but shows no such AMI yet`,
    );
  },
});

export const handler = lambda(createImage);
