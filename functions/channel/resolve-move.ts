import * as z from 'zod/mini';
import { resolveMove as decide } from '../../aws/channel/resolve-move.ts';
import { resolveRestore, resolveRevoke } from '../../aws/channel/resolve-revoke.ts';
import { familyPermissions } from '../../aws/usage/ancestry.ts';
import { moveRequest, moverOf } from '../../core/channel/move-request.ts';
import { refuse } from '../../core/recipe/problems.ts';
import { executionReference, lambda, stage } from '../stage.ts';

/**
 * First state of move-channel: decides which channels move from which build to which, and which images are disabled or enabled, or
 * refuses with every reason. Changes nothing.
 */
export const resolveMove = stage({
  name: 'ResolveMove',
  input: z.strictObject({ input: z.unknown(), execution: executionReference }),
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
  async run({ input, execution: { id } }, cloud) {
    const parsed = moveRequest(input);
    if ('problems' in parsed) return refuse(parsed.problems);
    const { request } = parsed;
    const { verb, recipe, why } = request;
    const [now, { channelRoot }] = [cloud.now(), cloud.settings];
    const place = { channelRoot, execution: id, now };
    const nothing = { builds: [], rebuild: [], hits: null };
    const planned =
      verb === 'revoke'
        ? await resolveRevoke(cloud, request, place)
        : verb === 'restore'
          ? await resolveRestore(cloud, request, place)
          : { moves: [await decide(cloud, request, place)], ...nothing };
    const to = planned.moves.map(({ parameter, move }) => `${parameter} → ${move.to.build}`);
    cloud.log({ level: 'INFO', state: 'ResolveMove', recipe, verb, to });
    const asked = {
      execution: id,
      who: moverOf(request, id),
      at: now.toISOString(),
      ...(why !== undefined && { why }),
    };
    const images = { disable: verb === 'revoke', enable: verb === 'restore' };
    return { verb, images, planOnly: request.plan === true, since: now.toISOString(), ...planned, asked };
  },
});

export const handler = lambda(resolveMove);
