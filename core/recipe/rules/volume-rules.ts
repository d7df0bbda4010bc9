import type { Path, Rule, SoundParts } from './rule.ts';

type Builder = NonNullable<SoundParts['builder']>;
type Volume = Builder['rootVolume'];

interface VolumeLimits {
  sizeGiB: [least: number, most: number];
  iops?: [least: number, most: number];
  iopsRequired?: true;
  /** Provisioned IOPS that EC2 allows for each GiB. */
  iopsPerGiB?: number;
  throughput?: true;
}

// Ranges: EbsBlockDevice of the EC2 API reference (as in @aws-sdk/client-ec2 3.1169). Ratios: docs.aws.amazon.com/ebs/latest/userguide,
// general-purpose.html (gp3) and provisioned-iops.html (io1, io2).
const limits: Record<Volume['type'], VolumeLimits> = {
  gp3: { sizeGiB: [1, 65_536], iops: [3_000, 80_000], iopsPerGiB: 500, throughput: true },
  gp2: { sizeGiB: [1, 16_384] },
  io1: { sizeGiB: [4, 16_384], iops: [100, 64_000], iopsRequired: true, iopsPerGiB: 50 },
  io2: { sizeGiB: [4, 65_536], iops: [100, 256_000], iopsRequired: true, iopsPerGiB: 1_000 },
  st1: { sizeGiB: [125, 16_384] },
  sc1: { sizeGiB: [125, 16_384] },
};
/** The IOPS that every gp3 volume has by default, at any size. */
const gp3Iops = 3_000;
/** A gp3 volume gives 0.25 MiB/s of throughput for each provisioned IOPS (general-purpose.html). */
const iopsPerMiBs = 4;

/** Every volume of the builder, with its path and its name for messages. */
export const volumesOf = (builder: Builder): { path: Path; called: string; volume: Volume }[] => [
  { path: ['builder', 'rootVolume'], called: 'the root volume', volume: builder.rootVolume },
  ...builder.volumes.map((volume, index) => ({
    path: ['builder', 'volumes', index],
    called: `volume ${volume.device}`,
    volume,
  })),
];

type VolumeProblem = [key: 'sizeGiB' | 'iops' | 'throughput', message: string];

/** What EC2 would refuse in a volume. */
export function volumeProblems({ type, sizeGiB, iops, throughput }: Volume): VolumeProblem[] {
  const problems: VolumeProblem[] = [];
  const limit = limits[type];
  const outside = (value: number | undefined, [least, most]: [number, number]): value is number =>
    value !== undefined && (value < least || value > most);
  if (outside(sizeGiB, limit.sizeGiB))
    problems.push(['sizeGiB', `must be from ${limit.sizeGiB.join(' to ')} GiB for ${type}, got ${sizeGiB}`]);
  if (iops !== undefined && !limit.iops)
    problems.push(['iops', `does not go with ${type}; only gp3, io1 and io2 take it`]);
  if (limit.iops && outside(iops, limit.iops))
    problems.push(['iops', `must be from ${limit.iops.join(' to ')} for ${type}, got ${iops}`]);
  else if (iops !== undefined && limit.iopsPerGiB !== undefined && sizeGiB !== undefined) {
    const most = Math.max(limit.iopsPerGiB * sizeGiB, type === 'gp3' ? gp3Iops : 0);
    if (iops > most)
      problems.push([
        'iops',
        `is ${iops}, but EC2 allows ${limit.iopsPerGiB} per GiB for ${type}, so ${most} for ${sizeGiB} GiB; ${iops} need ${Math.ceil(iops / limit.iopsPerGiB)} GiB`,
      ]);
  }
  if (limit.iopsRequired && iops === undefined) problems.push(['iops', `is required for ${type}`]);
  if (throughput !== undefined && !limit.throughput)
    problems.push(['throughput', `does not go with ${type}; only gp3 takes it`]);
  else if (throughput !== undefined && throughput * iopsPerMiBs > (iops ?? gp3Iops)) {
    const given = iops === undefined ? `gp3 has ${gp3Iops} IOPS without iops` : `iops is ${iops}`;
    problems.push([
      'throughput',
      `is ${throughput}, but EC2 allows 0.25 MiB/s per IOPS, and ${given}; ${throughput} MiB/s need iops: ${throughput * iopsPerMiBs}`,
    ]);
  }
  return problems;
}

export const volumeRules: Rule[] = [
  {
    says: 'Size, IOPS and throughput of a volume are within the limits of its type: gp3 has at most 500 IOPS per GiB (3,000 in any size) and 0.25 MiB/s per IOPS, io1 at most 50 and io2 at most 1,000 IOPS per GiB. io1 and io2 need iops; st1 and sc1 cannot be the root.',
    look({ builder }, report) {
      for (const { path, volume } of builder ? volumesOf(builder) : []) {
        for (const [key, message] of volumeProblems(volume)) report([...path, key], message);
        if ((volume.type === 'st1' || volume.type === 'sc1') && path[1] === 'rootVolume')
          report([...path, 'type'], `${volume.type} cannot hold a root volume; use gp3`);
      }
    },
  },
  {
    says: 'A volume with a kmsKey does not have encrypted: false.',
    look({ builder }, report) {
      for (const { path, volume } of builder ? volumesOf(builder) : []) {
        if (volume.kmsKey !== undefined && volume.encrypted === false)
          report([...path, 'encrypted'], 'is false, but there is a kmsKey; remove one of them');
      }
    },
  },
];
