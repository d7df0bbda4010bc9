import { expect, test } from '@jest/globals';
import { ireland, workbench } from '../builder.ts';

const within = (minutes: number) => ({ SnapshotCopyCompletionDurationMinutes: minutes });

test('a time-based copy takes its whole duration, and the second one of a snapshot starts after the first', async () => {
  const { create, copy, look, wait } = await workbench();
  const id = await create();
  await wait(300);
  const [first, second] = [await copy(id, within(15)), await copy(id, { ...within(15), Name: 'al2023-base-2' })];
  const states = async () => [(await look(first, ireland))!.State, (await look(second, ireland))!.State];
  await wait(14 * 60);
  expect(await states()).toEqual(['pending', 'pending']);
  await wait(2 * 60);
  expect(await states()).toEqual(['available', 'pending']);
  await wait(15 * 60);
  expect(await states()).toEqual(['available', 'available']);
});

test.each([0, 10, 20, 2895])('a duration of %i minutes is refused', async (minutes) => {
  const { create, copy, wait } = await workbench();
  const id = await create();
  await wait(300);
  await expect(copy(id, within(minutes))).rejects.toThrow('in steps of 15');
});

test('a snapshot that is too big for its duration is refused', async () => {
  const { create, copy, look, wait, cloud } = await workbench();
  const id = await create();
  await wait(300);
  const snapshot = (await look(id))!.BlockDeviceMappings![0]!.Ebs!.SnapshotId!;
  cloud.world.region('us-east-1').snapshots.get(snapshot)!.usedGiB = 440;
  await expect(copy(id, within(15))).rejects.toThrow('at most 500 MiB/s');
});
