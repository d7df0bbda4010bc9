import { ApiError, type Caller } from '../../calls/actions.ts';
import { imageUsing } from '../images/snapshots.ts';
import type { Region } from '../../state/region.ts';
import { resourceById } from '../tag-actions.ts';

const references = ['ImageId', 'InstanceId', 'InstanceIds', 'SnapshotId', 'VolumeId', 'Resources'];

/** Refuses to change a resource that the called endpoint does not know yet, or does not know to be ready. */
export function refuseUnseen(
  present: Region,
  past: Region,
  action: string,
  input: Record<string, unknown>,
  caller: Caller,
): void {
  for (const id of references.flatMap((name) => (input[name] ?? []) as string | string[])) {
    for (const table of ['images', 'instances', 'snapshots', 'volumes'] as const)
      if (present[table].has(id) && !past[table].has(id)) resourceById(past, caller, id);
    if (past.images.get(id)?.state === 'pending' && /^(ModifyImageAttribute|RunInstances)$/.test(action))
      throw new ApiError('InvalidAMIID.Unavailable', `The image ID '${id}' is not available (state: pending)`);
    const { state } = past.instances.get(id) ?? {};
    if (action === 'CreateImage' && state && state !== 'running' && state !== 'stopped')
      throw new ApiError('InvalidParameterValue', `Instance is not in state 'running' or 'stopped': ${id} is ${state}`);
    const user = action === 'DeleteSnapshot' && imageUsing(past, id);
    if (user) throw new ApiError('InvalidSnapshot.InUse', `The snapshot ${id} is currently in use by ${user}`);
  }
}
