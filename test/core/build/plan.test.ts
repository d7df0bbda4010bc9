import { expect, test } from '@jest/globals';
import { builderDisks } from '../../../core/launch/disks.ts';
import { sourceProblems } from '../../../core/preflight/source.ts';
import { linux, planOf } from '../../support/plan.ts';

const builder = { instanceProfile: 'p', instanceTypes: ['t3.small', 't3a.small'] };

test('a plan knows account, region and image name', () => {
  expect(planOf()).toMatchObject({ account: '111122223333', region: 'us-east-1', image: 'base-20261123-030000-9f2c' });
});

test('the root disk has the source image device, extra volumes their own', () => {
  const plan = planOf({
    builder: { ...builder, rootVolume: { sizeGiB: 20 }, volumes: [{ device: '/dev/sdf', sizeGiB: 50 }] },
  });
  expect(builderDisks(plan)).toMatchObject([
    { device: '/dev/xvda', sizeGiB: 20, type: 'gp3' },
    { device: '/dev/sdf', sizeGiB: 50, type: 'gp3' },
  ]);
});

test('the image is born under the key of the target in its own region', () => {
  const plan = planOf({ distribute: [{ region: 'us-east-1', kmsKey: 'alias/golden' }] });
  expect(builderDisks(plan)[0]).toMatchObject({ encrypted: true, kmsKey: 'alias/golden' });
});

test('every disk is born under the key of the home target, also one that only the source image names', () => {
  const disks = [
    { device: '/dev/xvda', sizeGiB: 8, encrypted: false },
    { device: '/dev/sdf', sizeGiB: 40, encrypted: true },
    { device: '/dev/sdg', sizeGiB: 50, encrypted: false },
  ];
  const volumes = [{ device: '/dev/sdg', sizeGiB: 60 }];
  const keyed = { encrypted: true, kmsKey: 'alias/golden' };
  const changes = { builder: { ...builder, volumes }, distribute: [{ region: 'us-east-1', kmsKey: 'alias/golden' }] };
  expect(builderDisks(planOf(changes, { ...linux, disks }))).toMatchObject([
    { device: '/dev/xvda', ...keyed },
    { device: '/dev/sdg', sizeGiB: 60, ...keyed },
    { device: '/dev/sdf', ...keyed },
  ]);
  const unkeyed = planOf({ builder: { ...builder, volumes } }, { ...linux, disks });
  expect(builderDisks(unkeyed).map(({ device }) => device)).toEqual(['/dev/xvda', '/dev/sdg']);
});

test.each([
  [{ provision: [{ powershell: 'x' }], checks: [] }, linux, ['provision', 0, 'powershell']],
  [{ builder: { ...builder, rootVolume: { sizeGiB: 4 } } }, linux, ['builder', 'rootVolume', 'sizeGiB']],
  [
    { builder: { ...builder, volumes: [{ device: '/dev/sdf', sizeGiB: 4 }] } },
    { ...linux, rootDevice: '/dev/sdf' },
    ['builder', 'volumes', 0, 'device'],
  ],
  [{ image: { capture: 'running' }, provision: [], checks: [] }, { ...linux, windows: true }, ['image', 'capture']],
  [{ builder: { ...builder, rootVolume: { iops: 16_000 } } }, linux, ['builder', 'rootVolume', 'iops']],
])('what only the source image can tell is refused where it stands: %j', (changes, source, path) => {
  expect(sourceProblems(planOf(changes).document, source, 'us-east-1').map((problem) => problem.path)).toEqual([path]);
});

test('a target in the home region cannot ask for another key than the builder has', () => {
  const { document } = planOf({ distribute: [{ region: 'us-east-1', kmsKey: 'alias/b' }] });
  document.builder.rootVolume.kmsKey = 'alias/a';
  expect(sourceProblems(document, linux, 'us-east-1')).toMatchObject([{ path: ['distribute', 0, 'kmsKey'] }]);
});

test('nor can it where another volume of the builder has another key', () => {
  const volumes = [
    { device: '/dev/sdf', sizeGiB: 4 },
    { device: '/dev/sdg', sizeGiB: 4, kmsKey: 'alias/a' },
  ];
  const { document } = planOf({
    builder: { ...builder, volumes },
    distribute: [{ region: 'us-east-1', kmsKey: 'alias/b' }],
  });
  expect(sourceProblems(document, linux, 'us-east-1')).toMatchObject([
    { path: ['distribute', 0, 'kmsKey'], message: expect.stringContaining('builder.volumes[1].kmsKey alias/a') },
  ]);
});
