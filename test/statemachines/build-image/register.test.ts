import { expect, test } from '@jest/globals';
import { account, build, copied, home, manifestIn, nothing, leftIn, pipeline, statesEntered } from '../../support/pipeline.ts';
import type { Setting } from '../../support/pipeline.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const volumes = ['/dev/sdf', '/dev/sdg'].map((device) => ({ device, sizeGiB: 5 }));
const changes = {
  builder: {
    instanceTypes: ['t3.small'],
    volumes,
    rootVolume: { sizeGiB: 40, encrypted: true, kmsKey: 'alias/golden' },
    disk: { iops: 16_000, throughput: 1_000 },
  },
  image: {
    register: true,
    rootVolume: { iops: 4_000 },
    volumes: [
      { device: '/dev/sdf', drop: true },
      { device: '/dev/sdg', deleteOnTermination: false },
      { device: '/dev/sdb', ephemeral: 0 },
    ],
    tags: { team: 'platform' },
  },
};
const registering = (setting: Setting = {}) => pipeline({ ...setting, changes: { ...changes, ...setting.changes } });

const imagesIn = ({ cloud }: Simulation, region: string) =>
  [...cloud.world.region(region).images.values()].filter(({ owner }) => owner === account);
const snapshotsIn = ({ cloud }: Simulation, region: string) =>
  [...cloud.world.region(region).snapshots.values()].filter(({ owner }) => owner === account);
const callsOf = ({ cloud }: Simulation, name: string) =>
  cloud.calls.filter(({ action, error }) => action === name && error === undefined);

test.each(['stopped', 'running'])(
  'an image that is registered from snapshots of a builder captured %s is what the recipe says, everywhere',
  async (capture) => {
    const simulation = registering({ changes: { image: { ...changes.image, capture } } });
    const execution = await build(simulation);
    expect(execution).toMatchObject({ status: 'SUCCEEDED' });
    for (const region of [home, copied]) {
      expect(imagesIn(simulation, region)).toMatchObject([
        {
          architecture: 'x86_64',
          bootMode: 'uefi-preferred',
          imdsSupport: 'v2.0',
          ena: true,
          rootDevice: '/dev/xvda',
          mappings: [
            { device: '/dev/sdg', sizeGiB: 5, type: 'gp3', deleteOnTermination: false },
            { device: '/dev/xvda', sizeGiB: 40, iops: 4_000, throughput: 125, encrypted: true, deleteOnTermination: true },
          ],
          ephemeral: [{ device: '/dev/sdb', name: 'ephemeral0' }],
        },
      ]);
    }
    const [first] = imagesIn(simulation, home);
    expect(first?.sourceInstance).toBeUndefined();
    expect(first?.tags.get('team')).toBe('platform');
    expect(snapshotsIn(simulation, home).map(({ tags }) => tags.get('golden:role'))).toEqual(['image', 'image']);
    expect(callsOf(simulation, 'ModifyVolume')).toEqual([]);
    expect(callsOf(simulation, 'CreateImage')).toEqual([]);
    expect([...simulation.cloud.world.region(home).volumes.values()]).toEqual([]);
    expect(manifestIn(simulation, execution).notes).toContainEqual(
      expect.stringMatching(/image\.register.*its ancestry starts anew/),
    );
  },
);

test('snapshots that take hours are awaited, and their event ends the wait', async () => {
  const simulation = registering({ scenario: { delays: { createImage: 9 * 3600 } } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
  expect(statesEntered(execution)).toEqual(expect.arrayContaining(['CreateSnapshots', 'AwaitSnapshots', 'RegisterImage']));
});

test('an answer of CreateSnapshots that is lost leaves no second set of snapshots, even if EC2 shows the first one late', async () => {
  for (const rates of [{}, { lateReads: 1 }]) {
    const api = [{ action: 'ec2:CreateSnapshots', times: 1, error: 'ServiceUnavailable', after: true }];
    const simulation = registering({ scenario: { api, rates } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    expect(snapshotsIn(simulation, home)).toHaveLength(2);
    expect(imagesIn(simulation, home)).toHaveLength(1);
  }
});

test('an answer of RegisterImage that is lost leads to the image that it made', async () => {
  const api = [{ action: 'ec2:RegisterImage', times: 1, error: 'ServiceUnavailable', after: true }];
  const simulation = registering({ scenario: { api } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(callsOf(simulation, 'RegisterImage').length).toBeLessThanOrEqual(1);
  expect(imagesIn(simulation, home)).toHaveLength(1);
});

test('snapshots that fail end the build with the reason that EC2 gives, and nothing is left', async () => {
  const simulation = registering({ scenario: { images: [{ region: home, name: 'base-*', fail: 'Given key ID is not accessible' }] } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'ImageFailed' });
  expect(execution.cause).toMatch(/snap-\w+ in us-east-1 is error: Given key ID is not accessible/);
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each(['ec2:CreateSnapshots', 'ec2:RegisterImage'])('a build that may not call %s says so, and leaves nothing', async (action) => {
  const simulation = registering({ scenario: { api: [{ action, times: 99, error: 'UnauthorizedOperation' }] } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'AwsRefused' });
  expect(execution.cause).toContain(action);
  expect(leftIn(simulation)).toEqual(nothing);
});

test.each([
  ['Windows', '801119661308', 'Windows_Server-2025-English-Full-Base-*', 'RunInstances:0002'],
  ['Red Hat', '309956199498', 'RHEL-10.0.0_HVM-*-x86_64-0-Hourly2-GP3', 'RunInstances:0010'],
])('%s is refused before anything is launched, with its billing code', async (_system, owner, name, code) => {
  const simulation = registering({ changes: { source: { filter: { name }, owner }, provision: [], checks: [] } });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toMatch(new RegExp(`image\\.register: is true, and ami-\\w+ .* is billed as .*${code}`));
  expect(callsOf(simulation, 'RunInstances')).toEqual([]);
});
