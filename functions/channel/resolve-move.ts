import * as z from 'zod/mini';
import { decideWhatMoves } from '../../aws/moves/decide-what-moves.ts';
import { familyPermissions } from '../../aws/usage/usage-permissions.ts';
import { moveRequest, moverOf } from '../../core/channel/move-request.ts';
import { lastingFailure } from '../../core/errors.ts';
import { refuse } from '../../core/recipe/problems.ts';
import { executionReference, lambda, stage, type StageContext } from '../stage.ts';

const asked = z.strictObject({ input: z.unknown(), execution: executionReference });

async function decide({ input, execution: { id } }: z.infer<typeof asked>, cloud: StageContext): Promise<object> {
  const parsed = moveRequest(input);
  if ('problems' in parsed) return refuse(parsed.problems);
  const { request } = parsed;
  const { verb, recipe, why, plan } = request;
  const now = cloud.now();
  const planned = await decideWhatMoves(cloud, request, {
    channelRoot: cloud.settings.channelRoot,
    execution: id,
    now,
  });
  const to = planned.moves.map(({ parameter, move }) => `${parameter} → ${move.to.build}`);
  cloud.log({ level: 'INFO', state: 'ResolveMove', recipe, verb, to });
  const at = now.toISOString();
  const by = { execution: id, who: moverOf(request, id), at, ...(why !== undefined && { why }) };
  const images = { disable: verb === 'revoke', enable: verb === 'restore' };
  return { verb, images, planOnly: plan === true, since: at, ...planned, asked: by };
}

/**
 * First state of move-channel: decides which channels move from which build to which, and which images are disabled or enabled, or
 * refuses with every reason. Changes nothing. What no retry changes is handed on as `refused` instead of thrown, so that the machine
 * ends without undoing anything.
 */
export const resolveMove = stage({
  name: 'ResolveMove',
  input: asked,
  permissions: [
    's3:GetObject',
    'ssm:GetParameter',
    'ec2:DescribeImageAttribute',
    'ec2:DescribeInstances',
    ...familyPermissions,
    'ec2:DescribeLaunchTemplates',
    'ec2:DescribeLaunchTemplateVersions',
    'sts:AssumeRole',
    'states:DescribeExecution',
  ],
  async run(payload, cloud) {
    try {
      return await decide(payload, cloud);
    } catch (error) {
      const { name, message } = lastingFailure(error);
      cloud.log({ level: 'WARN', state: 'ResolveMove', error: name, message });
      return { refused: { error: name, cause: message } };
    }
  },
});

export const handler = lambda(resolveMove);
