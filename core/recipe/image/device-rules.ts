import { letterOf } from '../builder/builder-rules.ts';
import type { Problem } from '../problems.ts';
import type { Recipe } from '../types.ts';
import { repeats, sound, type Rule, type SoundParts } from '../rules/rule.ts';
import { volumeProblems } from '../rules/volume-rules.ts';

type Parts = Pick<SoundParts, 'builder' | 'image'>;

/** The keys beside builder.rootVolume that say how fast the root volume is, each with the volume that it makes of it. */
const rootSpeeds = ({ builder, image }: Parts) =>
  builder
    ? [
        { path: ['builder', 'disk'], given: builder.disk },
        { path: ['image', 'rootVolume'], given: image?.rootVolume },
      ].flatMap(({ path, given }) => (given ? [{ path, given, volume: { ...builder.rootVolume, ...given } }] : []))
    : [];

/** What EC2 would refuse in a root volume that takes its size from the source image. */
export function sourceSizeProblems({ builder, image }: Pick<Recipe, 'builder' | 'image'>, sizeGiB: number): Problem[] {
  const { rootVolume } = builder;
  if (rootVolume.sizeGiB !== undefined) return [];
  const all = [
    { path: ['builder', 'rootVolume'], given: rootVolume, volume: rootVolume },
    ...rootSpeeds({ builder, image }),
  ];
  return all.flatMap(({ path, given, volume }) =>
    volumeProblems({ ...volume, sizeGiB })
      .filter(([key]) => key in given)
      .map(([key, message]) => ({
        path: [...path, key],
        message: `${message} (the size is that of the source image)`,
      })),
  );
}

/** Rules about the devices of the image, and about the speed of the builder's disk. */
export const deviceRules: Rule[] = [
  {
    says: 'builder.disk and image.rootVolume fit the type and size of builder.rootVolume, and each says something.',
    look({ builder, image }, report) {
      for (const { path, given, volume } of rootSpeeds({ ...(builder && { builder }), ...(image && { image }) })) {
        if (Object.keys(given).length === 0) report(path, 'says nothing; remove it, or give iops or throughput');
        for (const [key, message] of volumeProblems(volume))
          if (key in given) report([...path, key], message);
          else if (key === 'throughput' && given.iops !== undefined) report([...path, 'iops'], `throughput ${message}`);
      }
    },
  },
  {
    says: 'An entry of image.volumes says one thing: drop, ephemeral or deleteOnTermination. Each has its own device, and none has the root device or, for ephemeral, the device of a volume.',
    look({ builder, image }, report) {
      const volumes = sound(image?.volumes ?? []);
      for (const [index, { device, ...says }] of volumes) {
        const path = ['image', 'volumes', index];
        const keys = Object.keys(says);
        if (keys.length === 0) report(path, `${device}: say drop: true, ephemeral or deleteOnTermination`);
        if (keys.length > 1) report(path, `${device}: ${keys.join(' and ')} do not go together`);
        if (/^a1?$/.test(letterOf(device)))
          report([...path, 'device'], `${device} is the root device; describe that under image.rootVolume`);
        const own = builder?.volumes.findIndex((volume) => letterOf(volume.device) === letterOf(device)) ?? -1;
        if (says.ephemeral !== undefined && own >= 0)
          report([...path, 'device'], `${device} is that of builder.volumes[${own}]`);
      }
      for (const [index, first, { device }] of repeats(volumes, (volume) => letterOf(volume.device)))
        report(['image', 'volumes', index, 'device'], `${device} is the same device as that of volumes[${first}]`);
      for (const [index, first, { ephemeral }] of repeats(volumes, (volume) => volume.ephemeral?.toString()))
        report(
          ['image', 'volumes', index, 'ephemeral'],
          `${ephemeral} is the same volume as that of volumes[${first}]`,
        );
    },
  },
];
