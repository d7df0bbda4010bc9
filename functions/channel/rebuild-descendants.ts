import * as z from 'zod/mini';
import { startOnce } from '../../aws/executions/executions.ts';
import { lastingFailure } from '../../core/errors.ts';
import { sha256 } from '../../core/digest.ts';
import { lambda, stage } from '../stage.ts';

/**
 * Starts a build of every recipe that has a build made from a revoked one. Each finds the healthy image in its source channel. The
 * revoke is complete by now, so a recipe that AWS refuses to build is told, and neither stops others nor takes the revoke back.
 */
export const rebuildDescendants = stage({
  name: 'RebuildDescendants',
  input: z.strictObject({ rebuild: z.array(z.string()), execution: z.string() }),
  permissions: ['states:StartExecution', 'states:DescribeExecution'],
  async run({ rebuild, execution }, cloud) {
    const [machine = ''] = execution.replace(':execution:', ':stateMachine:').split(/-move-channel:/);
    const name = (recipe: string) => `${recipe}-after-revoke-${sha256(execution).slice(0, 8)}`;
    const started: string[] = [];
    const refused: string[] = [];
    for (const recipe of rebuild)
      try {
        await startOnce(cloud.aws, `${machine}-build-image`, [name(recipe)], { recipe, force: true });
        started.push(name(recipe));
      } catch (error) {
        const { name: code, message } = lastingFailure(error);
        cloud.log({ level: 'ERROR', state: 'RebuildDescendants', recipe, error: code, message });
        refused.push(`${recipe}: ${message.slice(0, 1000)}`);
      }
    return { started, refused };
  },
});

export const handler = lambda(rebuildDescendants);
