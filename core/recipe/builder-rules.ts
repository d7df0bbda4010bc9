import { repeats, sound, type Rule, type SoundParts } from './rule.ts';

// EC2 takes sdf, xvdf and /dev/xvdf for different names, but the guest sees the same disk.
const letterOf = (device: string) => device.replace(/^\/dev\//, '').replace(/^(sd|xvd)/, '');

/** `arm64` for the families of Graviton, which have a g behind their generation: t4g, m7gd, im4gn. */
const architectureOf = (instanceType: string) => (/^(a1\.|[a-z]+\d+[a-z]*g)/.test(instanceType) ? 'arm64' : 'x86_64');

const wantedArchitecture = ({ parameter, filter }: NonNullable<SoundParts['source']>) =>
  filter?.architecture ??
  /(?<=[-_/])(arm64|x86_64|amd64)(?=$|[-_/])/.exec(parameter ?? '')?.[0].replace('amd64', 'x86_64');

export const builderRules: Rule[] = [
  {
    says: 'Volumes have distinct devices, none of which is the root device.',
    look({ builder }, report) {
      const volumes = sound(builder?.volumes ?? []);
      for (const [index, { device }] of volumes) {
        if (/^a1?$/.test(letterOf(device))) {
          report(
            ['builder', 'volumes', index, 'device'],
            `${device} is the root device; describe that under rootVolume`,
          );
        }
      }
      for (const [index, first, { device }] of repeats(volumes, (volume) => letterOf(volume.device))) {
        report(['builder', 'volumes', index, 'device'], `${device} is the same device as that of volumes[${first}]`);
      }
    },
  },
  {
    says: 'All instance types are of one architecture, and of that of the source where it says which.',
    look({ builder, source }, report) {
      const [first, ...others] = builder?.instanceTypes ?? [];
      if (first === undefined) return;
      const wanted = source && wantedArchitecture(source);
      const expected = wanted ?? architectureOf(first);
      const because = wanted === undefined ? `${first} before it is ${expected}` : `the source is ${expected}`;
      for (const [index, instanceType] of [first, ...others].entries()) {
        const architecture = architectureOf(instanceType);
        if (architecture !== expected)
          report(['builder', 'instanceTypes', index], `${instanceType} is ${architecture}, but ${because}`);
      }
    },
  },
];
