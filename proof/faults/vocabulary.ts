import type { Rates } from '../../simulator/aws/calls/rates.ts';
import { machineNames, struckMachines, type MachineName } from './machines.ts';

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
  'event-lost',
  'event-doubled',
  'event-late',
  'stopped',
  'timed-out',
] as const;
export type Fault = (typeof faults)[number];

/** EC2's errors when it has no room for the resource that a call would create. */
export const fullness: Record<string, string> = {
  'ec2:RunInstances': 'InsufficientInstanceCapacity',
  'ec2:CreateImage': 'PendingSnapshotLimitExceeded',
  'ec2:CreateSnapshots': 'PendingSnapshotLimitExceeded',
  'ec2:CopySnapshot': 'PendingSnapshotLimitExceeded',
  'ec2:ImportSnapshot': 'ResourceLimitExceeded',
  'ec2:RegisterImage': 'ResourceLimitExceeded',
  'ec2:CopyImage': 'ResourceLimitExceeded',
};

/** One fault at one place. */
export interface Strike {
  /**
   * A Task state, one iteration of a state inside a Map (`CopyImage[eu-west-1]`), or a state of another machine
   * (`clean-up/Compensate`, `move/MoveChannel`). `wake/AwaitImage` is a run of `wake` for the event that a state waits for. `Wake` is every run of
   * `wake`, or the events of every wait.
   */
  place: string;
  fault: Fault;
  /**
   * The meaning depends on the fault. For `lost-answer`, `server-error`, `time-out`, `stopped` and `timed-out`: the number of the
   * call at the place, from 1, or the action whose first call is struck. For `crash-…` and `lost-heartbeat`: the number of the
   * run. For `denied`: the action, or the action in a region (`ec2:CopyImage@eu-west-1`). For `throttled`: the action whose first
   * five attempts are throttled. For `full` and `taken-away`: the action. For `event-…`: nothing,
   * since all events of the awaited thing are struck. By default, a place is stopped at its entry and
   * throttled from its first call.
   */
  at?: number | string;
}

/** The parts of a recipe that vary. */
export interface Shape {
  targets: { region: string; required: boolean; share: 'nobody' | 'account' | 'organization' | 'both' }[];
  steps: ('run' | 'reboot')[];
  checks: number;
  capture: 'stopped' | 'running';
  /** Whether the image is registered from snapshots of the builder. */
  register?: boolean;
  /** Whether the source is a disk that no builder made. There are no steps then. */
  disk?: boolean;
  /** Whether that disk is in a file. */
  file?: boolean;
  /** Whether the builder is a Spot Instance where there is one. */
  spot?: boolean;
  /** Whether it publishes to a channel. */
  channel: boolean;
  /** Whether the channel holds an image of an earlier build. */
  past: boolean;
  /** Whether the finished images of a failed build are kept. */
  keep?: boolean;
  /** Whether the instance is held whose step or check failed. */
  hold?: boolean;
  /** Whether a publish also makes versions of launch templates, and gives images their watermark. */
  more?: boolean;
}

/** A build, the faults that strike it, and the reaction of a person. All of it is data, so its JSON can be run again. */
export interface FaultScenario {
  strikes: Strike[];
  /** The region whose copy takes hours, so that a second, time-based copy is begun beside it. */
  slow?: string;
  /** The region whose image another account copies, with a role of its own. The channel has a parameter there, too. */
  lent?: string;
  /** The step or check that fails by itself, or the region whose copy fails. */
  fails?: string;
  /**
   * The reaction to a build that failed or died. `at once`, `later`: it is started again with its id, immediately or after its
   * clean-up. `redrive`: the execution is redriven, or its clean-up if that died. `clean-up`: a clean-up that did not finish is
   * started again. `sweep`: a week goes by, then three daily sweeps run.
   */
  again?: 'at once' | 'later' | 'redrive' | 'clean-up' | 'sweep';
  /**
   * A move of a channel, a share or a plan, by its name in operations.ts. It is struck, and the builds before it are not; or it
   * follows a struck build (`follows`).
   */
  operation?: string;
  /** The operation follows a build that is struck. Another build was published before that one. */
  follows?: true;
  /** The same recipe was built and published before, without faults, so that there is nothing to do. */
  upToDate?: boolean;
  /** A build was published in the first target only. The struck execution takes its image to the others. */
  distributes?: boolean;
  /** The target regions have stacks that send their events to the pipeline. */
  told?: boolean;
  /** One step fails in its first two attempts, and another one fails, which does not end the build. */
  stumbles?: boolean;
  /** The image is copied after its checks, by the recipe. By default it is copied beside them. */
  late?: boolean;
  /** The part that asks for more than the deployment's settings allow: the deployed recipe, or the overrides of the start. */
  beyond?: 'recipe' | 'start';
  shape?: Shape;
  seed?: number;
  rough?: boolean;
  rates?: Partial<Rates>;
  /** Share of calls that are throttled, from 0 to 1. */
  throttled?: number;
}

export const isStop = ({ fault }: Strike): boolean => fault === 'stopped' || fault === 'timed-out';

/** Whether a place is a run of `wake`, which no state machine calls. */
export const isWake = (place: string): boolean => /^wake\b/i.test(place);

/** The state machine of a place. For a run of `wake`: the machine whose state waits. */
export const machineOf = (place: string): MachineName =>
  place === 'Sweep'
    ? 'sweep'
    : (machineNames.find((name) => struckMachines[name] !== '' && place.startsWith(struckMachines[name])) ??
      'build-image');

/** The state of a place, without its iteration or machine. */
export const stateOfPlace = (place: string): string =>
  place.slice(struckMachines[machineOf(place)].length).replace(/\[.*/, '');

export const labelOf = ({ place, fault, at }: Strike): string =>
  [place, fault, ...(at === undefined ? [] : [at])].join(' ');
