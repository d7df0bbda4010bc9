import { createStreams, type Random } from '../random.ts';

interface Delay {
  seconds: number;
  /** Seconds added per GiB in use. Only written blocks are snapshotted and copied, so the volume size does not count. */
  perGiB?: number;
  shape: 'normal' | 'lognormal' | 'uniform';
  /** Relative width of the draw: the default, and in rough mode, with the long tails that users measured. */
  smooth: number;
  rough: number;
}

const normal = (seconds: number, smooth: number, rough = smooth): Delay => ({
  seconds,
  shape: 'normal',
  smooth,
  rough,
});
const uniform = (seconds: number, width: number): Delay => ({ seconds, shape: 'uniform', smooth: width, rough: width });
const skewed = (seconds: number, rough: number, perGiB = 0): Delay => ({
  seconds,
  perGiB,
  shape: 'lognormal',
  smooth: 0.1,
  rough,
});

/** Every delay of the simulated AWS, in seconds. Their sources are in docs/simulator.md. */
const delays = {
  apiCall: uniform(0.105, 0.43),
  runInstancesCall: normal(2, 0.1, 0.25),
  instanceRunning: normal(17, 0.06),
  osBootAmazonLinux: normal(4, 0.1, 0.2),
  osBootUbuntu: normal(20, 0.1, 0.2),
  osBootDebian: normal(12, 0.1, 0.2),
  osBootRedHat: normal(20, 0.1, 0.2),
  osBootWindows: normal(120, 0.1, 0.2),
  agentOnline: skewed(25, 0.95),
  commandVisible: uniform(1, 1),
  commandStart: uniform(2, 0.5),
  commandPatch: skewed(75, 0.4),
  commandInstall: skewed(30, 0.4),
  commandOther: skewed(6, 0.4),
  commandResume: uniform(2, 0),
  commandCancel: uniform(3, 0.5),
  reboot: normal(35, 0.1, 0.3),
  instanceStop: skewed(35, 0.7),
  volumeChange: normal(20, 0.3),
  instanceTerminate: skewed(30, 0.4),
  createImage: skewed(30, 0.6, 20),
  registerImage: skewed(3, 0.5),
  copyImage: skewed(60, 0.95, 30),
  importSnapshot: skewed(180, 0.6, 60),
  storeImage: skewed(60, 0.6, 20),
  restoreImage: skewed(60, 0.6, 20),
  usageReport: skewed(90, 0.8),
  keyRefused: normal(30, 0.1, 0.3),
  launchRefused: normal(8, 0.1, 0.3),
  parameterValidation: uniform(3.5, 0.43),
  stackChange: normal(20, 0.3),
  /** 1 to 5 s; in rough mode one in a hundred takes a minute. */
  eventLag: { seconds: 2.24, shape: 'lognormal', smooth: 0.35, rough: 1.41 },
} satisfies Record<string, Delay>;

export type DelayName = keyof typeof delays;
export const delayNames = Object.keys(delays) as DelayName[];

/** Seconds instead of a draw, everywhere or by region. */
export type DelayOverrides = { [Name in DelayName]?: number | Record<string, number> };

export interface DrawnDelay {
  resource: string;
  kind: DelayName;
  region: string;
  seconds: number;
}

export interface Delays {
  /**
   * Seconds that the named thing takes this time. The n-th draw of a kind in a region is the same in every run with this seed.
   */
  draw(kind: DelayName, at: { resource: string; region: string; gib?: number; factor?: number }): number;
  /** Like `draw`, for the duration of a call or an event. It is not in the ledger, which lists resources. */
  latency(kind: 'apiCall' | 'runInstancesCall' | 'eventLag', region: string): number;
  /** All draws, in order. */
  readonly drawn: DrawnDelay[];
}

export function createDelays(options: { seed: number; rough: boolean; overrides: DelayOverrides }): Delays {
  const streams = new Map<string, () => Random>();
  const drawn: DrawnDelay[] = [];
  const overridden = (kind: DelayName, region: string) => {
    const override = options.overrides[kind];
    return typeof override === 'object' ? override[region] : override;
  };
  const sample = (kind: DelayName, region: string, gib: number) => {
    const fixed = overridden(kind, region);
    if (fixed !== undefined) return fixed;
    const stream = `${kind} ${region}`;
    const next = streams.get(stream) ?? createStreams(options.seed, stream);
    streams.set(stream, next);
    const random = next();
    const delay: Delay = delays[kind];
    const typical = delay.seconds + (delay.perGiB ?? 0) * gib;
    const width = options.rough ? delay.rough : delay.smooth;
    if (delay.shape === 'uniform') return typical * random.between(1 - width, 1 + width);
    if (delay.shape === 'lognormal') return random.lognormal(typical, width);
    return Math.max(typical / 4, random.normal(typical, typical * width));
  };
  return {
    drawn,
    draw(kind, { resource, region, gib = 0, factor = 1 }) {
      const seconds = overridden(kind, region) ?? sample(kind, region, gib) * factor;
      drawn.push({ resource, kind, region, seconds });
      return seconds;
    },
    latency: (kind, region) => sample(kind, region, 0),
  };
}
