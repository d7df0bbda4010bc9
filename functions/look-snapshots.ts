import * as z from 'zod/mini';
import { lookAtSnapshots } from '../aws/registering/snapshot-sets.ts';
import { buildReference } from './stage.ts';
import { secondsSince, waitBounds, type Wait } from './wait.ts';

const input = z.looseObject({
  build: buildReference,
  disks: z.array(z.looseObject({ snapshot: z.string() })),
  wait: waitBounds,
});

const idsOf = ({ disks }: z.infer<typeof input>) => disks.map(({ snapshot }) => snapshot).toSorted();

/** Waits until the snapshots of the builder's disks are complete. */
export const snapshotsLook: Wait<z.infer<typeof input>, { snapshots: string[] }> = {
  name: 'AwaitSnapshots',
  input,
  permissions: ['ec2:DescribeSnapshots'],
  bounds: (event) => event.wait,
  awaits: (event, region) => ({ kind: 'snapshots', region, id: idsOf(event)[0] ?? '' }),
  async look(event, { aws, now }) {
    const seen = await lookAtSnapshots(aws, idsOf(event), secondsSince(event.since, now()));
    if (!event.late || 'done' in seen) return seen;
    return { waiting: `${seen.waiting}; raise image.timeout in the recipe to wait longer` };
  },
};
