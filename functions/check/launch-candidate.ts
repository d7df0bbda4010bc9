import * as z from 'zod/mini';
import { endHold, findOrLaunch, launchPermissions } from '../../aws/work/builders.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { awaitedAgent } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { buildReference, ladder, lambda, stage } from '../stage.ts';

/** Launches the candidate: a fresh instance of the new image. It has the image's own disks, because servers will boot those. */
export const launchCandidate = stage({
  name: 'LaunchCandidate',
  input: z.strictObject({ build: buildReference, ami: z.string(), ladder }),
  permissions: [...launchPermissions, 's3:GetObject', 'iam:PassRole'],
  async run({ ami, build: own, ladder: reached }, cloud) {
    const plan = await readOwnPlan(cloud, own);
    const first = isFirstTry(plan, own.execution, cloud.now());
    const found = await findOrLaunch(cloud.aws, plan, 'candidate', { ami }, reached, first);
    await endHold(cloud, plan, found);
    return {
      ...found,
      ...awaitedAgent(plan, 'candidate', cloud.now(), first ? 'now' : 'before'),
    };
  },
});

export const handler = lambda(launchCandidate);
