import * as z from 'zod/mini';
import { beginCopy, beginRival, copyPermissions, findCopies } from '../../aws/work/copies.ts';
import { tryCopy } from '../../aws/work/trials.ts';
import { readOwnPlan } from '../../aws/memory/locks.ts';
import { isCrowded } from '../../aws/work/region-look.ts';
import { awaitedCopy, awaitedRace, isTold } from '../../core/build/awaited.ts';
import { isFirstTry } from '../../core/start/first-try.ts';
import { needsCopy, targetIn } from '../../core/distribute/distribution.ts';
import { placeName, onlyPlace } from '../../core/distribute/place.ts';
import { raceAfter } from '../../core/copying/race.ts';
import { buildReference, caughtError, inputPlace, lambda, stage } from '../stage.ts';
import { waitBounds } from '../wait.ts';
import { trial } from '../stage-of-plan.ts';

/** The copy that AwaitCopy found slow, and its error. Both are false until then. */
const found = {
  slow: z.optional(z.union([z.literal(false), caughtError])),
  copy: z.optional(
    z.union([z.literal(false), z.looseObject({ ami: z.string(), since: z.string(), wait: waitBounds })]),
  ),
};

/**
 * Provides the image in one target: the AMI itself as the image of the pipeline's own region, a copy in all other targets.
 * CopyImage accepts a name twice. The state therefore asks for the copy under a token that always means the same copy. It looks
 * for the copy first if the build was started again, or an hour ago. A slow copy comes back here and gets a second one beside it.
 */
export const copyImage = stage({
  name: 'CopyImage',
  input: z.union([z.strictObject({ build: buildReference, ...inputPlace, ami: z.string(), ...found }), trial]),
  permissions: ['s3:GetObject', 's3:ListBucket', ...copyPermissions],
  async run(input, cloud): Promise<object> {
    if ('rehearsal' in input) return tryCopy(cloud.aws, input);
    const { build: own, ami, slow, copy } = input;
    const plan = await readOwnPlan(cloud, own);
    const at = onlyPlace(input);
    const target = targetIn(plan, at);
    if (slow && copy) {
      const { rival, refused } = await beginRival(cloud.aws, plan, target, ami, copy.ami);
      const note = refused === undefined ? `${rival} races ${copy.ami}` : `nothing races ${copy.ami}: ${refused}`;
      cloud.log({ level: 'WARN', state: 'CopyImage', ...at, note });
      return { ...copy, ...(rival !== null && awaitedRace(copy, target, cloud.now())), race: null, rival };
    }
    const awaited = (since: 'now' | 'before') => awaitedCopy(plan, target, cloud.now(), since);
    if (!needsCopy(plan, at)) return { ami, ...awaited('before'), race: null, rival: null };
    const race = raceAfter(target, plan.copyTimes?.[placeName(at)]) ?? null;
    const isFirst = isFirstTry(plan, own.execution, cloud.now());
    const known = isFirst ? { count: 0 } : await findCopies(cloud.aws, plan, target);
    if (known.first !== undefined) return { ami: known.first, ...awaited('before'), race, rival: known.rival ?? null };
    const { since, wait } = awaited('now');
    const [copied, shared] = await Promise.all([
      beginCopy(cloud.aws, plan, target, ami, known.count),
      !isTold(plan, target) && isCrowded(cloud, at.region),
    ]);
    return { ami: copied, since, wait: { ...wait, ...(shared && { shared: true as const }) }, race, rival: null };
  },
});

export const handler = lambda(copyImage);
