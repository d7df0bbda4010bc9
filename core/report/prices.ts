// On-demand prices of us-east-1 in US dollars, as of November 2026. Other regions differ by up to a third. A price that is not
// listed here is not guessed.

/**
 * Instance types, for each hour. Linux: AWS's price list, as instances.vantage.sh showed it in July 2026 for t3 and m5; for the
 * others several public copies of the list agree. Windows: the Linux price plus the licence, for each vCPU and hour 0.046 for m5
 * and m6i, 0.0138 for t3.large. The Windows prices are not checked against the list.
 */
export const instanceHour: Readonly<Record<string, { linux: number; windows?: number }>> = {
  't2.micro': { linux: 0.0116 },
  't2.small': { linux: 0.023 },
  't2.medium': { linux: 0.0464 },
  't3.micro': { linux: 0.0104 },
  't3.small': { linux: 0.0208 },
  't3.medium': { linux: 0.0416 },
  't3.large': { linux: 0.0832, windows: 0.1108 },
  't3.xlarge': { linux: 0.1664 },
  't3a.micro': { linux: 0.0094 },
  't3a.small': { linux: 0.0188 },
  't3a.medium': { linux: 0.0376 },
  't3a.large': { linux: 0.0752 },
  't4g.micro': { linux: 0.0084 },
  't4g.small': { linux: 0.0168 },
  't4g.medium': { linux: 0.0336 },
  't4g.large': { linux: 0.0672 },
  'm6g.medium': { linux: 0.0385 },
  'm6g.large': { linux: 0.077 },
  'm7g.medium': { linux: 0.0408 },
  'm7g.large': { linux: 0.0816 },
  'c7g.large': { linux: 0.0725 },
  'c5.large': { linux: 0.085 },
  'm5.large': { linux: 0.096, windows: 0.188 },
  'm5a.large': { linux: 0.086 },
  'm5.xlarge': { linux: 0.192, windows: 0.376 },
  'm6i.large': { linux: 0.096, windows: 0.188 },
  'm6i.xlarge': { linux: 0.192, windows: 0.376 },
  'm7i.large': { linux: 0.1008 },
  'g4dn.xlarge': { linux: 0.526 },
  'g5.xlarge': { linux: 1.006 },
  'g6.xlarge': { linux: 0.8048 },
};

/** EBS volumes, for each GiB and month. Provisioned IOPS and throughput cost extra and are left out. */
export const volumeMonth: Readonly<Record<string, number>> = {
  gp3: 0.08,
  gp2: 0.1,
  io1: 0.125,
  io2: 0.125,
  st1: 0.045,
  sc1: 0.015,
};

/** Snapshots, for each GiB and month. */
export const snapshotMonth = 0.05;
/** Copies to another region, for each GiB. */
export const transferredGiB = 0.02;
/**
 * A time-based copy, for each GiB, by the minutes within which it completes. From the table of AWS's user guide of EBS:
 * https://docs.aws.amazon.com/ebs/latest/userguide/time-based-copies.html
 */
export const timeBasedGiB = (minutes: number): number => {
  const steps: [below: number, usd: number][] = [
    [30, 0.02],
    [60, 0.018],
    [120, 0.016],
    [240, 0.014],
    [480, 0.012],
    [960, 0.01],
  ];
  return steps.find(([below]) => minutes < below)?.[1] ?? 0.005;
};
/** Step Functions Standard. */
export const stateTransition = 0.025 / 1000;
export const lambdaRequest = 0.2 / 1_000_000;
/** Lambda on arm64. */
export const lambdaGiBSecond = 0.0000133334;
/** `memorySize` of serverless.yml. */
export const lambdaGiB = 0.5;

/** S3 Standard: one read, and one write or list. From memory in November 2026, not checked against AWS's price list. */
export const s3Get = 0.0004 / 1000;
export const s3Put = 0.005 / 1000;

/** S3 storage, for each GiB and month. From memory in November 2026, not checked against AWS's price list. */
export const standardMonth = 0.023;
export const instantArchiveMonth = 0.004;
export const deepArchiveMonth = 0.00099;

export const hoursOfMonth = 730;

// CloudWatch prices, from memory in November 2026 and not checked against AWS's price list.

/** A metric with a value in every hour of a month, among the first 10,000. Each hour with a value costs its share. */
export const metricMonth = 0.3;
/** Log ingestion, for each gigabyte. */
export const logGB = 0.5;
/** Bytes that one function call writes to its log group: its own lines and Lambda's lines about the call. */
export const logBytesOfCall = 1500;
