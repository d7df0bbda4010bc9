import { expect, test } from '@jest/globals';
import { account, build, copied, home, pipeline } from '../../support/pipeline.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';

const volumes = ['/dev/sdf', '/dev/sdg'].map((device) => ({ device, sizeGiB: 5 }));
const changes = {
  builder: { instanceTypes: ['t3.small'], volumes, rootVolume: { sizeGiB: 40 }, disk: { iops: 16_000, throughput: 1_000 } },
  image: {
    rootVolume: { iops: 4_000 },
    volumes: [
      { device: '/dev/sdf', drop: true },
      { device: '/dev/sdg', deleteOnTermination: false },
      { device: '/dev/sdb', ephemeral: 0 },
    ],
  },
};
const imageIn = ({ cloud }: Simulation, region: string) =>
  [...cloud.world.region(region).images.values()].find(({ owner }) => owner === account)!;

test.each(['stopped', 'running'])(
  'a builder captured %s has a fast disk, and the images in all regions are as fast and have the devices that the recipe says',
  async (capture) => {
    const simulation = pipeline({ changes: { ...changes, image: { ...changes.image, capture } } });
    expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
    for (const region of [home, copied]) {
      const { mappings, ephemeral } = imageIn(simulation, region);
      expect(mappings).toMatchObject([
        { device: '/dev/xvda', sizeGiB: 40, iops: 4_000, throughput: 125, deleteOnTermination: true },
        { device: '/dev/sdg', sizeGiB: 5, deleteOnTermination: false },
      ]);
      expect(ephemeral).toEqual([{ device: '/dev/sdb', name: 'ephemeral0' }]);
    }
    expect([...simulation.cloud.world.region(home).volumes.values()]).toEqual([]);
  },
);

test('a disk that EC2 does not slow down in time costs time, and no second change is asked for', async () => {
  const simulation = pipeline({ changes, scenario: { delays: { volumeChange: 300 } } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  expect(imageIn(simulation, home).mappings[0]).toMatchObject({ iops: 4_000 });
  expect(simulation.cloud.calls.filter(({ action, error }) => action === 'ModifyVolume' && !error)).toHaveLength(1);
});

test('a build that may not change the disk says which call AWS refused, and leaves nothing', async () => {
  const scenario = { api: [{ action: 'ec2:ModifyVolume', times: 99, error: 'UnauthorizedOperation' }] };
  const simulation = pipeline({ changes, scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ status: 'FAILED' });
  expect(execution.cause).toMatch(/ec2:ModifyVolume.*us-east-1.*UnauthorizedOperation/s);
  const { images, instances, volumes: left } = simulation.cloud.world.region(home);
  expect([...images.values()].filter(({ owner }) => owner === account)).toEqual([]);
  expect([...instances.values()].filter(({ state }) => state !== 'terminated')).toEqual([]);
  expect([...left.values()]).toEqual([]);
});
