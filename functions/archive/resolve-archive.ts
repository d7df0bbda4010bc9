import * as z from 'zod/mini';
import { resolveRequest } from '../../aws/archive/resolve-archive.ts';
import { archiveRequest } from '../../core/archive/archive-request.ts';
import { moverOf } from '../../core/channel/move-request.ts';
import { refuse } from '../../core/recipe/problems.ts';
import { lambda, runReference, stage } from '../stage.ts';

/** First state of archive-image: decides whether an image is stored in S3, or restored from there. Changes nothing. */
export const resolveArchive = stage({
  name: 'ResolveArchive',
  input: z.strictObject({ input: z.unknown(), execution: runReference }),
  permissions: ['s3:GetObject', 'ec2:DescribeImages'],
  async run({ input, execution: { id: execution } }, cloud) {
    const asked = archiveRequest(input);
    if ('problems' in asked) return refuse(asked.problems);
    const { recipe, build, why, plan: planOnly = false } = asked.request;
    cloud.about({ recipe, build });
    const archive = await resolveRequest(cloud, asked.request);
    const by = { execution, who: moverOf(asked.request, execution), ...(why !== undefined && { why }) };
    return { planOnly, restores: archive.verb === 'unarchive', archive, by };
  },
});

export const handler = lambda(resolveArchive);
