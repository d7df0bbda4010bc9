import * as z from 'zod/mini';
import { startOnce } from '../../aws/executions/executions.ts';
import { sha256 } from '../../core/digest.ts';
import { lambda, stage } from '../stage.ts';

/** Starts a build of every recipe that has a build made from a revoked one. Each finds the healthy image in its source channel. */
export const rebuildDescendants = stage({
  name: 'RebuildDescendants',
  input: z.strictObject({ rebuild: z.array(z.string()), execution: z.string() }),
  permissions: ['states:StartExecution', 'states:DescribeExecution'],
  async run({ rebuild, execution }, cloud) {
    const [machine = ''] = execution.replace(':execution:', ':stateMachine:').split(/-move-channel:/);
    const name = (recipe: string) => `${recipe}-after-revoke-${sha256(execution).slice(0, 8)}`;
    for (const recipe of rebuild)
      await startOnce(cloud.aws, `${machine}-build-image`, [name(recipe)], { recipe, force: true });
    return { started: rebuild.map(name) };
  },
});

export const handler = lambda(rebuildDescendants);
