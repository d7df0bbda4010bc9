import * as z from 'zod/mini';
import { readPlan } from '../../aws/artifacts.ts';
import { findOrLaunch } from '../../aws/builders.ts';
import { identity, lambda, stage } from '../stage.ts';

/** The candidate: a fresh instance of the new image, with the disks the image brings, since that is what servers will boot. */
export const launchCandidate = stage({
  name: 'LaunchCandidate',
  input: z.strictObject({ ...identity, ami: z.string() }),
  permissions: ['s3:GetObject', 'ec2:DescribeInstances', 'ec2:RunInstances', 'ec2:CreateTags', 'iam:PassRole'],
  async run({ ami, ...build }, cloud) {
    const plan = await readPlan(cloud, build);
    return { instance: await findOrLaunch(cloud.aws, plan, 'candidate', { ami }) };
  },
});

export const handler = lambda(launchCandidate);
