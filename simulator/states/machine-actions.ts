import { ApiError, type Actions } from '../aws/calls/actions.ts';
import { accept } from './execution-actions.ts';
import type { Registry } from './registry.ts';

/** The tags of a state machine, by which a reader finds the rest of a deployment. */
export function machineActions({ machines }: Pick<Registry, 'machines'>): Actions {
  return {
    ListTagsForResource(request: { resourceArn: string }) {
      const { resourceArn } = accept(request, ['resourceArn'], []);
      const machine = machines.get(resourceArn);
      if (!machine) throw new ApiError('ResourceNotFound', `Resource not found: '${resourceArn}'`);
      return { tags: Object.entries(machine.tags).map(([key, value]) => ({ key, value })) };
    },
  };
}
