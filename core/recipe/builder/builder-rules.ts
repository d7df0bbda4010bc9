import { architectureIn, architectureOf, isMac } from '../rules/architecture.ts';
import { repeats, sound, type Rule, type SoundParts } from '../rules/rule.ts';

// EC2 treats sdf, xvdf and /dev/xvdf as different names, but the guest sees one disk.
export const letterOf = (device: string) => device.replace(/^\/dev\//, '').replace(/^(sd|xvd)/, '');

const wantedArchitecture = ({ parameter, filter }: NonNullable<SoundParts['source']>) =>
  filter?.architecture ?? architectureIn(filter?.name ?? parameter);

/**
 * Instance types that cannot start an image of the architecture, or whose architecture differs from the first. Names that tell
 * nothing are skipped.
 */
export function foreignTypes(
  instanceTypes: string[],
  wanted: string | undefined,
  whose: string,
): { index: number; message: string }[] {
  const known = instanceTypes.flatMap((instanceType, index) => {
    const architecture = architectureOf(instanceType);
    return architecture ? [{ instanceType, index, architecture }] : [];
  });
  const [first] = known;
  const expected = wanted ?? first?.architecture;
  const because = wanted === undefined ? `${first?.instanceType} before it is ${expected}` : `${whose} is ${expected}`;
  return known
    .filter(({ architecture }) => architecture !== expected)
    .map(({ instanceType, index, architecture }) => ({
      index,
      message: `${instanceType} is ${architecture}, but ${because}`,
    }));
}

export const builderRules: Rule[] = [
  {
    says: 'Every volume has its own device, and none has the root device.',
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
    says: 'All instance types have one architecture, which is that of the source if the recipe names it. Mac instances need a Dedicated Host, which the pipeline does not allocate.',
    look({ builder, source }, report) {
      const types = builder?.instanceTypes ?? [];
      for (const [index, instanceType] of types.entries())
        if (isMac(instanceType))
          report(
            ['builder', 'instanceTypes', index],
            `${instanceType} runs on a Dedicated Host only, which the pipeline does not allocate`,
          );
      for (const { index, message } of foreignTypes(types, source && wantedArchitecture(source), 'the source'))
        report(['builder', 'instanceTypes', index], message);
    },
  },
];
