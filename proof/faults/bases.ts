import { operationBases } from './operations/operations.ts';
import { usualShape } from './setting.ts';
import type { FaultScenario, Shape } from './vocabulary.ts';

/** Small, since only the publish differs from the usual build. */
const more: Shape = {
  ...usualShape,
  targets: usualShape.targets.slice(0, 2),
  steps: ['run'],
  checks: 1,
  more: true,
};

/** The image is registered from snapshots. */
const registered: Shape = { ...more, more: false, register: true };

/**
 * How a build ends without the fault: published, refused, failed in one of three ways, or dead and undone only by its clean-up.
 */
export const bases: Record<string, FaultScenario> = {
  published: { strikes: [] },
  'up to date': { upToDate: true, strikes: [] },
  'recipe beyond bounds': { beyond: 'recipe', strikes: [] },
  'start beyond bounds': { beyond: 'start', strikes: [] },
  'check fails': { fails: 'check-2', strikes: [] },
  'copy fails': { fails: 'eu-west-1', strikes: [] },
  'copies after checks': { late: true, strikes: [] },
  'regions tell': { told: true, strikes: [] },
  'copies race': { slow: 'eu-west-1', strikes: [] },
  distributes: { distributes: true, strikes: [] },
  'copies into an account': { lent: 'eu-west-1', strikes: [] },
  'steps fail': { shape: { ...more, more: false, steps: ['run', 'run'] }, stumbles: true, strikes: [] },
  registers: { shape: registered, strikes: [] },
  'registers a file': { shape: { ...registered, register: false, disk: true, file: true }, strikes: [] },
  'registers a disk': { shape: { ...registered, register: false, disk: true }, strikes: [] },
  spot: { shape: { ...more, more: false, spot: true }, strikes: [] },
  // The hold is over before the trial is, and then nothing may be left of it.
  'step is held': { shape: { ...more, more: false, hold: true }, fails: 'run-1', strikes: [] },
  'check is held': { shape: { ...more, more: false, hold: true }, fails: 'check-1', strikes: [] },
  unjudged: { strikes: [{ place: 'LaunchCandidate', fault: 'denied', at: 'ec2:RunInstances' }] },
  'publish refused': { strikes: [{ place: 'Publish', fault: 'denied', at: 'ssm:PutParameter@eu-west-1' }] },
  'dies copying': { strikes: [{ place: 'AwaitCopy[eu-west-1]', fault: 'stopped' }] },
  // Nothing is told of this death, so its clean-up never starts.
  'dies unheard': {
    strikes: [{ place: 'AwaitCopy[eu-west-1]', fault: 'stopped' }],
    rates: { eventsLost: 1 },
    again: 'sweep',
  },
  // Beside the channel, launch templates and watermarks.
  'publishes more': { shape: more, strikes: [] },
  'refused more': {
    shape: more,
    strikes: [{ place: 'Publish', fault: 'denied', at: 'ec2:ModifyLaunchTemplate@us-east-1' }],
  },
  'dies publishing more': {
    shape: more,
    strikes: [{ place: 'Publish', fault: 'stopped', at: 'ec2:ModifyLaunchTemplate' }],
  },
  'dies publishing': { strikes: [{ place: 'Publish', fault: 'stopped', at: 'ssm:PutParameter' }] },
  ...operationBases,
};
