import { ApiError } from '../calls/actions.ts';

interface Limits {
  size: [least: number, most: number];
  iops?: [least: number, most: number];
  ratio?: number;
}

// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html; RunInstances, EbsBlockDevice.
const ssd: Record<string, Limits> = {
  gp3: { size: [1, 65_536], iops: [3_000, 80_000], ratio: 500 },
  io1: { size: [4, 16_384], iops: [100, 64_000], ratio: 50 },
  io2: { size: [4, 65_536], iops: [100, 256_000], ratio: 1_000 },
};
const byType: Record<string, Limits> = {
  ...ssd,
  gp2: { size: [1, 16_384] },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
  standard: { size: [1, 1_024] },
};

export interface WantedVolume {
  type: string;
  sizeGiB: number;
  iops: number | undefined;
  throughput: number | undefined;
  root: boolean;
}

const invalid = (message: string) => new ApiError('InvalidParameterValue', message);

/**
 * Refuses a volume that EBS does not offer. Users reported these codes and messages: iops ratio (rocicorp/mono#4410,
 * ministryofjustice/cloud-platform-terraform-monitoring#110), throughput ratio (runs-on/runs-on#260), throughput of another type
 * (runs-on/runs-on#426), iops of gp2 (kubernetes-sigs/aws-ebs-csi-driver). The others have the same form.
 */
export function refuseImpossibleVolume({ type, sizeGiB, iops, throughput, root }: WantedVolume): void {
  const limits = byType[type];
  if (!limits) throw invalid(`Invalid value '${type}' for VolumeType.`);
  within('Volume size', sizeGiB, limits.size);
  if (root && /^(st1|sc1)$/.test(type)) throw invalid(`Invalid volume type for boot volume: ${type}.`);
  if (iops !== undefined && !limits.iops) {
    throw new ApiError('InvalidParameterCombination', `The parameter iops is not supported for ${type} volumes.`);
  }
  if (iops === undefined && type.startsWith('io')) {
    throw new ApiError('InvalidParameterCombination', `The parameter iops must be specified for ${type} volumes.`);
  }
  if (throughput !== undefined && type !== 'gp3') {
    throw new ApiError('InvalidParameterCombination', 'throughput can only be specified for volumeType gp3.');
  }
  if (iops !== undefined && limits.iops && limits.ratio !== undefined) {
    within('Volume iops', iops, limits.iops);
    // Every gp3 volume has 3,000 IOPS at any size, so the ratio does not limit them.
    const included = type === 'gp3' && iops <= 3_000;
    if (!included && iops / sizeGiB > limits.ratio) {
      throw invalid(
        `Iops to volume size ratio of ${(iops / sizeGiB).toFixed(6)} is too high; maximum is ${limits.ratio}`,
      );
    }
  }
  if (throughput !== undefined) {
    within('Volume throughput', throughput, [125, 2_000]);
    const ratio = throughput / (iops ?? 3_000);
    if (ratio > 0.25) {
      throw invalid(
        `Throughput (MiBps) to iops ratio of ${ratio.toFixed(6)} is too high; maximum is 0.250000 MiBps per iops`,
      );
    }
  }
}

function within(what: string, value: number, [least, most]: [number, number]): void {
  if (value < least) throw invalid(`${what} of ${value} is too low; minimum is ${least}.`);
  if (value > most) throw invalid(`${what} of ${value} is too high; maximum is ${most}.`);
}
