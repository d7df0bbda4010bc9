import * as z from 'zod/mini';
import { readPlan, writeArtifact } from '../../aws/artifacts.ts';
import { executionHistory } from '../../aws/executions.ts';
import { removalPermissions, removeImages, removeInstances, together } from '../../aws/leftovers.ts';
import { manifestOf } from '../../core/manifest.ts';
import { timingsOf } from '../../core/timings.ts';
import { identity, lambda, wait } from '../stage.ts';

const target = z.looseObject({
  region: z.string(),
  ami: z.optional(z.string()),
  snapshots: z.optional(z.array(z.string())),
  error: z.optional(z.string()),
});

/**
 * Waits until everything of a published build that was not published is gone: instances, volumes, what is left of targets
 * that failed, and the first AMI where the pipeline's own region is no target. Then writes the manifest.
 */
export const cleanUp = wait({
  name: 'CleanUp',
  input: z.looseObject({
    ...identity,
    execution: z.string(),
    image: z.looseObject({ ami: z.string(), snapshots: z.array(z.string()) }),
    targets: z.array(target),
    published: z.looseObject({ written: z.boolean(), parameter: z.optional(z.string()) }),
  }),
  permissions: ['s3:GetObject', 's3:PutObject', ...removalPermissions, 'states:GetExecutionHistory'],
  limit: () => 3600,
  async look({ recipe, build, execution, image, targets, published: channel }, cloud) {
    const plan = await readPlan(cloud, { recipe, build });
    const published = targets.filter(({ error }) => error === undefined).map(({ region }) => region);
    const unwanted = new Set(
      [plan.region, ...targets.map(({ region }) => region)].filter((region) => !published.includes(region)),
    );
    const { left } = together([
      await removeInstances(cloud.aws, plan),
      ...(await Promise.all([...unwanted].map((region) => removeImages(cloud.aws, region, plan)))),
    ]);
    if (left.length > 0) return { waiting: `still there: ${left.join(', ')}` };
    const manifest = manifestOf({
      plan,
      status: 'published',
      image: { ami: image.ami, snapshots: image.snapshots },
      targets,
      parameter: channel.parameter ?? null,
      timings: timingsOf(await executionHistory(cloud.aws, execution)),
      failure: null,
    });
    await writeArtifact(cloud, plan, 'manifest.json', manifest);
    return { done: { recipe, build, status: manifest.status } };
  },
});

export const handler = lambda(cleanUp);
