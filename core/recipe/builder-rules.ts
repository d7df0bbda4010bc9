import { repeats, sound, type Path, type Rule, type SoundParts } from './rule.ts';

type Volume = NonNullable<SoundParts['builder']>['rootVolume'];

// Ranges of the EC2 API reference (CreateVolume: Size, Iops, Throughput), as in @aws-sdk/client-ec2 3.1169.
const limits: Record<
  Volume['type'],
  { sizeGiB: [number, number]; iops?: [number, number]; iopsRequired?: true; throughput?: true }
> = {
  gp3: { sizeGiB: [1, 65_536], iops: [3_000, 80_000], throughput: true },
  gp2: { sizeGiB: [1, 16_384] },
  io1: { sizeGiB: [4, 16_384], iops: [100, 64_000], iopsRequired: true },
  io2: { sizeGiB: [4, 65_536], iops: [100, 256_000], iopsRequired: true },
  st1: { sizeGiB: [125, 16_384] },
  sc1: { sizeGiB: [125, 16_384] },
};

/** Every volume of the builder with its path and a word for it. */
export const volumesOf = (
  builder: NonNullable<SoundParts['builder']>,
): { path: Path; called: string; volume: Volume }[] => [
  { path: ['builder', 'rootVolume'], called: 'the root volume', volume: builder.rootVolume },
  ...builder.volumes.map((volume, index) => ({
    path: ['builder', 'volumes', index],
    called: `volume ${volume.device}`,
    volume,
  })),
];

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
    says: 'Size, IOPS and throughput of a volume are within what its type takes; io1 and io2 need iops; st1 and sc1 cannot be the root.',
    look({ builder }, report) {
      for (const { path, volume } of builder ? volumesOf(builder) : []) {
        const { type, sizeGiB, iops, throughput } = volume;
        const limit = limits[type];
        const outside = (value: number | undefined, [least, most]: [number, number]) =>
          value !== undefined && (value < least || value > most);
        if (outside(sizeGiB, limit.sizeGiB))
          report([...path, 'sizeGiB'], `must be from ${limit.sizeGiB.join(' to ')} GiB for ${type}, got ${sizeGiB}`);
        if (iops !== undefined && !limit.iops)
          report([...path, 'iops'], `does not go with ${type}; only gp3, io1 and io2 take it`);
        if (limit.iops && outside(iops, limit.iops))
          report([...path, 'iops'], `must be from ${limit.iops.join(' to ')} for ${type}, got ${iops}`);
        if (limit.iopsRequired && iops === undefined) report([...path, 'iops'], `is required for ${type}`);
        if (throughput !== undefined && !limit.throughput)
          report([...path, 'throughput'], `does not go with ${type}; only gp3 takes it`);
        if ((type === 'st1' || type === 'sc1') && path[1] === 'rootVolume')
          report([...path, 'type'], `${type} cannot hold a root volume; use gp3`);
      }
    },
  },
  {
    says: 'A volume with a kmsKey is not encrypted: false.',
    look({ builder }, report) {
      for (const { path, volume } of builder ? volumesOf(builder) : []) {
        if (volume.kmsKey !== undefined && volume.encrypted === false)
          report([...path, 'encrypted'], 'is false, but there is a kmsKey; remove one of them');
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
