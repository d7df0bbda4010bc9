import * as z from 'zod/mini';
import { readPlan } from '../../aws/artifacts.ts';
import { findOrLaunch } from '../../aws/builders.ts';
import { builderDisks } from '../../core/plan.ts';
import { identity, lambda, stage } from '../stage.ts';

/** The builder: an instance of the source image that only SSM can reach. A living one of this build is taken again. */
export const launch = stage({
  name: 'Launch',
  input: z.strictObject(identity),
  permissions: ['s3:GetObject', 'ec2:DescribeInstances', 'ec2:RunInstances', 'ec2:CreateTags', 'iam:PassRole'],
  async run(build, cloud) {
    const plan = await readPlan(cloud, build);
    const from = { ami: plan.source.ami, disks: builderDisks(plan) };
    return { instance: await findOrLaunch(cloud.aws, plan, 'builder', from) };
  },
});

export const handler = lambda(launch);
