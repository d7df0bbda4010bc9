import * as z from 'zod/mini';
import { endHold, findOrLaunch, launchPermissions } from '../../aws/work/builders.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { rehearse } from '../../aws/rehearsal.ts';
import { awaitedAgent } from '../../core/build/awaited.ts';
import type { Plan } from '../../core/build/plan.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { builderDisks } from '../../core/launch/disks.ts';
import { atTheFoot } from '../../core/launch/ladder.ts';
import { rehearsedPlan } from '../stage-of-plan.ts';
import { buildReference, ladder, lambda, stage } from '../stage.ts';

const baseOf = (plan: Plan) => ({ ami: plan.source.ami, disks: builderDisks(plan) });

/** Launches the builder, an instance of the source image without a key pair, or finds this build's living builder. */
export const launch = stage({
  name: 'Launch',
  input: z.union([
    z.strictObject({ build: buildReference, ladder }),
    z.strictObject({ rehearsal: rehearsedPlan }), // from plan-build
  ]),
  permissions: [...launchPermissions, 's3:GetObject', 'iam:PassRole'],
  async run(input, cloud): Promise<object> {
    if ('rehearsal' in input) {
      const { rehearsal: tried } = input;
      return rehearse(cloud.aws, (aws) => findOrLaunch(aws, tried, 'builder', baseOf(tried), atTheFoot(tried), true));
    }
    const { build: own, ladder: reached } = input;
    const plan = await readOwnPlan(cloud, own);
    const first = isFirstTry(plan, own.execution, cloud.now());
    const found = await findOrLaunch(cloud.aws, plan, 'builder', baseOf(plan), reached, first);
    await endHold(cloud, plan, found);
    return {
      ...found,
      ...awaitedAgent(plan, 'builder', cloud.now(), first ? 'now' : 'before'),
    };
  },
});

export const handler = lambda(launch);
