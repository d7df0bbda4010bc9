import * as z from 'zod/mini';
import { resolveMove as decide } from '../../aws/channel/resolve-move.ts';
import { moveRequest } from '../../core/channel/move-request.ts';
import { refuse } from '../../core/recipe/recipe.ts';
import { executionReference, lambda, stage } from '../stage.ts';

/**
 * First state of move-channel: decides which channel moves from which build to which, or refuses with every reason. Changes
 * nothing.
 */
export const resolveMove = stage({
  name: 'ResolveMove',
  input: z.strictObject({ input: z.unknown(), execution: executionReference }),
  permissions: ['s3:GetObject', 'ssm:GetParameter', 'ec2:DescribeImages', 'states:DescribeExecution'],
  async run({ input, execution: { id } }, cloud) {
    const asked = moveRequest(input);
    if ('problems' in asked) return refuse(asked.problems);
    const { request } = asked;
    const { channelRoot } = cloud.settings;
    const move = await decide(cloud, request, { channelRoot, execution: id, now: cloud.now() });
    cloud.log({
      level: 'INFO',
      state: 'ResolveMove',
      recipe: request.recipe,
      channel: move.channel,
      to: move.move.to.build,
    });
    return { planOnly: request.plan === true, since: cloud.now().toISOString(), moves: [move] };
  },
});

export const handler = lambda(resolveMove);
