import { lookPermissions } from '../../../aws/preflight/preflight.ts';
import type { Violation } from './violation.ts';
import { readMachine } from '../machines.ts';
import { pipelineHome, shapeOf } from '../setting.ts';
import { isOf } from '../strikes.ts';
import { isStop, isWake, machineOf, stateOfPlace, type FaultScenario, type Strike } from '../vocabulary.ts';
import type { Trial } from '../trial.ts';

/** The expected end of a scenario: published, failed in a state, or dead in one. Undefined if several causes compete. */
type Expectation = { end: 'published' | 'failed' | 'died'; state: string; region?: string };

const mapOf = new Map(readMachine('build-image').tasks.map(({ state, map }) => [state, map]));
const undoing = /^(Compensate|RecordFailure)$/;

/** Whether a strike denies a waiting state to write or remove the document by which an event finds it. Its heartbeats are enough. */
const isUnkeptWait = ({ place, at }: Strike): boolean =>
  /^(Await|Seal)/.test(stateOfPlace(place)) && /^s3:(Put|Delete)Object\b/.test(String(at));

/** Whether a strike denies CopyImage to count the builds that wait in its region. The build then looks at its copy alone. */
const isUncounted = ({ place, at }: Strike): boolean =>
  stateOfPlace(place) === 'CopyImage' && /^s3:ListObjectsV2\b/.test(String(at));

/** The causes that end a build: a step, check or copy that fails by itself, a missing permission, a stopped execution. */
function causes({ struck, scenario }: Trial): Expectation[] {
  const { fails, beyond } = scenario;
  const fatal = [...struck].filter(
    (strike) =>
      machineOf(strike.place) === 'build-image' &&
      // A refusal of `wake` is left to the state's own look.
      (isStop(strike) ||
        (strike.fault === 'denied' &&
          !isWake(strike.place) &&
          !undoing.test(stateOfPlace(strike.place)) &&
          !isUnkeptWait(strike) &&
          !isUncounted(strike))),
  );
  return [
    ...(beyond === undefined ? [] : [{ end: 'failed', state: 'Resolve' } as const]),
    ...(fails === undefined ? [] : [ownFailure(scenario, fails)]),
    ...fatal.flatMap((one) => ofStrike(scenario, one)),
  ];
}

function ownFailure(scenario: FaultScenario, fails: string): Expectation {
  const target = shapeOf(scenario).targets.find(({ region }) => region === fails);
  if (!target) return { end: 'failed', state: fails.startsWith('check') ? 'AwaitCheck' : 'AwaitCommand' };
  if (!target.required) return { end: 'published', state: '' };
  return { end: 'failed', state: 'Verify', region: target.region };
}

/** Whether a strike denies a look without which the build goes on. What AWS refused is then a note. */
export function isRefusedLook({ place, fault, at }: Strike): boolean {
  // CleanUp only looks whether the output of commands has arrived.
  if (place === 'CleanUp' && fault === 'denied' && /^s3:ListObjectsV2\b/.test(String(at))) return true;
  if (stateOfPlace(place) !== 'Resolve' || fault !== 'denied') return false;
  const [action = '', region = pipelineHome] = String(at).split('@');
  // The recipe names its keys by aliases, which say nothing without KMS.
  if (action === 'kms:DescribeKey') return false;
  // Abroad, Resolve only looks: at the channel, and at the images that it or an earlier build published.
  return lookPermissions.includes(action) || region !== pipelineHome;
}

function ofStrike(scenario: FaultScenario, strike: Strike): Expectation {
  const state = stateOfPlace(strike.place);
  // An execution ended in the middle of a run may have reached the next state by then.
  if (isStop(strike)) return { end: 'died', state: strike.at === undefined ? state : '' };
  // The image is published by then. The manifest lists what may not be removed; a forbidden write fails the execution.
  if (state === 'CleanUp' && /^(ec2|eventbridge):/.test(String(strike.at))) return { end: 'published', state: '' };
  if (isRefusedLook(strike)) return { end: 'published', state: '' };
  // An addition makes nothing under the key of the region whose image is copied.
  if (scenario.distributes && state === 'Resolve' && strike.at === `kms:DescribeKey@${pipelineHome}`)
    return { end: 'published', state: '' };
  // A key that Verify may not see spoils one target, as a failure inside Copy or Grant does.
  const unseenKey = state === 'Verify' ? /^kms:DescribeKey@(.*)/.exec(String(strike.at))?.[1] : undefined;
  const region = unseenKey ?? /\[(.*)\]$/.exec(strike.place)?.[1] ?? '';
  if (!/^(Copy|Grant|IntoAccounts)$/.test(mapOf.get(state) ?? '') && unseenKey === undefined)
    return { end: 'failed', state };
  const hit = shapeOf(scenario).targets.filter((target) => region === '' || target.region === region);
  return hit.some(({ required }) => required)
    ? { end: 'failed', state: 'Verify', ...(region && { region }) }
    : { end: 'published', state: '' };
}

export function expected(trial: Trial): Expectation | undefined {
  const { rough, rates, throttled = 0 } = trial.scenario;
  // Events only make a build quicker.
  const { eventsLost: _, eventsDoubled: __, eventsLate: ___, ...others } = rates ?? {};
  if (rough || Object.values(others).some((rate) => rate > 0) || throttled > 0) return undefined;
  const found = causes(trial);
  const ending = found.filter(({ end }) => end !== 'published');
  if (ending.length > 1) return undefined;
  return ending[0] ?? { end: 'published', state: '' };
}

/** A passing fault must not fail the build, and must not change the error of a build that fails anyway. */
export function completion(trial: Trial): Violation[] {
  const { scenario, executions, manifest } = trial;
  const broken = (what: string): Violation[] => [{ invariant: 'completes', what }];
  const wanted = expected(trial);
  const builds = executions.filter((one) => isOf(one, 'build-image'));
  const [first] = builds;
  const succeeded = builds.some(({ status }) => status === 'SUCCEEDED');
  // It builds if it may not look, or if it is told which build to continue.
  const anew = scenario.again !== undefined || scenario.strikes.some(({ fault }) => fault === 'denied');
  const successes = scenario.upToDate ? ['up-to-date', ...(anew ? ['published'] : [])] : ['published'];
  if (succeeded && !successes.includes(manifest?.status ?? ''))
    return broken(`it succeeded and its manifest says ${manifest?.status}`);
  if (wanted?.end === 'published') {
    if (first?.status !== 'SUCCEEDED') return broken(`${first?.status} ${first?.error}: ${brief(first?.cause)}`);
    const spared = causes(trial).length > 0;
    const missing = manifest?.targets.filter(
      ({ status, region }) => status !== 'published' && !(spared && isOptional(scenario, region)),
    );
    if (missing?.length) return broken(`not published in ${missing.map(({ region }) => region).join(', ')}`);
  }
  if (wanted?.end === 'failed' && first?.status !== 'FAILED') return broken(`${first?.status} where it must fail`);
  return [];
}

const isOptional = (scenario: FaultScenario, region: string) =>
  shapeOf(scenario).targets.some((target) => target.region === region && !target.required);

export const brief = (text = ''): string => text.replaceAll('\n', ' ').slice(0, 240);
