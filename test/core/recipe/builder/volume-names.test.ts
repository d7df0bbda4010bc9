import { expect, test } from '@jest/globals';
import { withNamedDisks } from '../../../../core/recipe/builder/volume-names.ts';
import { casesOf } from '../recipe-cases.ts';

const from = 'rootVolume: { sizeGiB: 8 }';
const volumes = (first: string, second: string) =>
  `volumes:\n    - { device: /dev/sdf, name: ${first}, sizeGiB: 1 }\n    - { device: /dev/sdg, ¦name: ${second}, sizeGiB: 1 }`;

casesOf([
  ['volumes have names', from, volumes('data', 'logs-2').replace('¦', '')],
  [
    'two names do not make one variable',
    from,
    volumes('my-data', 'My-Data'),
    'builder.volumes[1].name: My-Data makes the same variable GOLDEN_DISK_MY_DATA as volumes[0]',
  ],
  [
    'a name has letters, digits and hyphens',
    from,
    volumes('data', '2nd'),
    'builder.volumes[1].name: must be letters, digits and hyphens, such as data, and begin with a letter, got "2nd"',
  ],
  [
    'env does not set the variable of a disk',
    `${from}\nprovision:\n  - name: patch\n`,
    `${volumes('data', 'logs').replace('¦', '')}\nprovision:\n  - name: patch\n    env: { ¦GOLDEN_DISK_DATA: x }\n`,
    'provision[0].env.GOLDEN_DISK_DATA: is the variable of a disk that builder.volumes names',
  ],
]);

test('the candidate has the named disks that the image keeps', () => {
  const builder = {
    volumes: ['f', 'g', 'h', 'i'].map((letter) => ({
      device: `/dev/sd${letter}`,
      ...(letter !== 'i' && { name: letter }),
    })),
  };
  const image = {
    volumes: [
      { device: '/dev/sdf', drop: true as const },
      { device: '/dev/sdg', ephemeral: 0 },
    ],
  };
  const on = withNamedDisks({ builder, image }, { windows: false } as {
    windows: boolean;
    namedDisks?: { name: string }[];
  });
  expect(on.builder.namedDisks?.map(({ name }) => name)).toEqual(['f', 'g', 'h']);
  expect(on.candidate.namedDisks?.map(({ name }) => name)).toEqual(['h']);
});
