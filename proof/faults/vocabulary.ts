import type { Rates } from '../../simulator/aws/calls/rates.ts';

export const faults = [
  'throttled',
  'lost-answer',
  'server-error',
  'denied',
  'crash-before',
  'crash-after',
  'time-out',
  'full',
  'taken-away',
  'lost-token',
  'lost-heartbeat',
  'stopped',
  'timed-out',
] as const;
export type Fault = (typeof faults)[number];

/** What EC2 answers while it has no room for what a call would make. */
export const fullness: Record<string, string> = {
  'ec2:RunInstances': 'InsufficientInstanceCapacity',
  'ec2:CreateImage': 'PendingSnapshotLimitExceeded',
  'ec2:CopyImage': 'ResourceLimitExceeded',
};

/** One fault at one place. */
export interface Strike {
  /** A Task state, one iteration of a state inside a Map (`CopyImage[eu-west-1]`), or a state of the clean-up (`clean-up/Compensate`). */
  place: string;
  fault: Fault;
  /**
   * `lost-answer`, `server-error`, `time-out`, `stopped`, `timed-out`: which call of the place, from 1, or the first of an action.
   * `crash-…`, `lost-heartbeat`: which run. `denied`: the action, or one in a region (`ec2:CopyImage@eu-west-1`). `throttled`: of which
   * action the first five attempts are. `full`, `taken-away`: the action. A place is
   * stopped at its entry and throttled from its first call unless given.
   */
  at?: number | string;
}

/** A recipe, as far as it varies. */
export interface Shape {
  targets: { region: string; required: boolean; share: 'nobody' | 'account' | 'organization' | 'both' }[];
  steps: ('run' | 'reboot')[];
  checks: number;
  capture: 'stopped' | 'running';
  /** Whether it publishes to a channel. */
  channel: boolean;
  /** Whether the channel holds an image of an earlier build. */
  past: boolean;
  /** Whether finished images of a failed build stay. */
  keep?: boolean;
}

/** A build, what goes wrong in it, and what somebody does then. All of it is data: as JSON it runs again. */
export interface Scenario {
  strikes: Strike[];
  /** The step or check that fails by itself, or the region in which the copy does. */
  fails?: string;
  /**
   * What is done after a build that failed or died. `at once`, `later`: it is started again with its id, right then or after its
   * clean-up. `redrive`: the execution is, or its clean-up where that died. `clean-up`: one that did not come to its end is started
   * again. `sweep`: the days go by, with three daily sweeps after a week.
   */
  again?: 'at once' | 'later' | 'redrive' | 'clean-up' | 'sweep';
  /** The same was built and published before, without any of this, so that there is nothing to do. */
  upToDate?: boolean;
  /** What asks for more than the settings of the deployment allow: the deployed recipe, or the overrides of the start. */
  beyond?: 'recipe' | 'start';
  shape?: Shape;
  seed?: number;
  rough?: boolean;
  rates?: Partial<Rates>;
  /** How often a call is throttled, of 1. */
  throttled?: number;
}

export const isStop = ({ fault }: Strike): boolean => fault === 'stopped' || fault === 'timed-out';

/** The state machine that a place is in. */
export const machineOf = (place: string): string =>
  place.startsWith('clean-up/') ? 'clean-up-build' : place === 'Sweep' ? 'sweep' : 'build-image';

/** The state of a place, without its iteration or machine. */
export const stateOf = (place: string): string => place.replace('clean-up/', '').replace(/\[.*/, '');

export const labelOf = ({ place, fault, at }: Strike): string =>
  [place, fault, ...(at === undefined ? [] : [at])].join(' ');
