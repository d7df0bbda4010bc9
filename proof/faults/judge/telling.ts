import { failureNames } from '../../../core/failure-names.ts';
import { brief, expected, isRefusedLook } from './expectation.ts';
import type { Violation } from './violation.ts';
import { isUnheard, isUnknown, linesOf, wordsOf } from './said.ts';
import { pipelineHome } from '../setting.ts';
import { isOf } from '../strikes.ts';
import { readMachine } from '../machines.ts';
import { stateOfPlace } from '../vocabulary.ts';
import type { Trial } from '../trial.ts';

const known = new Set(
  ['build-image', 'clean-up-build'].flatMap((name) =>
    readMachine(name as 'build-image').tasks.map(({ state }) => state),
  ),
);
const errors = new Set<string>([...failureNames, 'ABORTED', 'TIMED_OUT']);
const foreign = /^(States\.|Lambda\.|Runtime\.|Sandbox\.)/;
const isName = (error: string) => errors.has(error) || foreign.test(error);

/** A failure names its state and its cause, both in the manifest and in the execution. */
export function telling(trial: Trial): Violation[] {
  return [...words(trial), ...record(trial), ...cause(trial), ...notes(trial), ...refusals(trial)];
}

const broken = (what: string): Violation => ({ invariant: 'told', what });

function words({ executions }: Trial): Violation[] {
  return executions
    .filter((one) => one.status === 'FAILED' && isOf(one, 'build-image'))
    .flatMap(({ name, error = '', cause = '' }) => [
      ...(isName(error) ? [] : [broken(`${name} fails as ${error || 'nothing'}`)]),
      ...(known.has(cause.split(':')[0] ?? '') || cause.includes('the history could not be read')
        ? []
        : [broken(`the cause of ${name} names no state: ${brief(cause)}`)]),
    ]);
}

/** A planned build has a manifest, or a report says why it has none. */
function record(trial: Trial): Violation[] {
  const { plan, manifest, executions } = trial;
  // If Resolve was ended, its plan may be written after the last process that could record anything.
  const made = trial.simulation.cloud.world.region(pipelineHome).instances.size > 0;
  if (!plan || !made || manifest) {
    if (manifest?.status !== 'failed') return [];
    const { failure } = manifest;
    const unread = failure?.left.some((line) => line.startsWith('the history could not be read'));
    const whole = failure && (known.has(failure.state) || unread) && isName(failure.error) && failure.cause;
    return whole ? [] : [broken(`the manifest's failure is ${JSON.stringify(failure)}`)];
  }
  const admitted = linesOf(trial).some((line) => line.startsWith('the manifest could not be written'));
  if (isUnheard(trial)) return [];
  const died = executions.some(({ status }) => status !== 'SUCCEEDED');
  return admitted || (died && isUnknown(trial)) ? [] : [broken('there is no manifest')];
}

/**
 * If AWS refuses something and the build is published anyway, its manifest tells the action and AWS's code. A look is told
 * in the notes, a key of an optional target in the error of that target.
 */
function notes({ struck, manifest, scenario, logs, executions }: Trial): Violation[] {
  if (!manifest) return [];
  // What Resolve notes of a distribution is in its log, and in the report of a plan, not in the manifest of the build.
  const noted = logs.flatMap(({ state, note }) => (state === 'Resolve' && typeof note === 'string' ? [note] : []));
  // A distribution that fails leaves the manifest of the published build as it is. Its own end tells why.
  const ends = scenario.distributes ? executions.map(({ cause }) => cause ?? '') : [];
  const errors = [...manifest.targets.map(({ error }) => error ?? ''), ...ends];
  return [...struck].flatMap((strike) => {
    const isKey = strike.place === 'Verify' && strike.fault === 'denied' && String(strike.at).startsWith('kms:');
    const tells = isRefusedLook(strike)
      ? scenario.distributes
        ? noted
        : (manifest.notes ?? [])
      : isKey && !manifest.failure
        ? errors
        : undefined;
    // IAM has another name for the action than S3.
    const action = String(strike.at).replace(/@.*/, '').replace('ListObjectsV2', 'ListBucket');
    if (!tells || tells.some((one) => one.includes(action) && /Unauthorized|AccessDenied/.test(one))) return [];
    return [broken(`the manifest does not say that ${action} was denied: ${brief(tells.join(' '))}`)];
  });
}

/** A refusal of `wake` costs no build, so only the queue of failed events tells it. */
function refusals({ scenario, simulation, logs }: Trial): Violation[] {
  const [{ place, fault, at } = {}, ...others] = scenario.strikes;
  if (place !== 'Wake' || fault !== 'denied' || others.length > 0 || scenario.rates || scenario.throttled) return [];
  const action = String(at).replace(/@.*/, '').replace('sfn:', 'states:');
  // A document that stays only makes `wake` look once more, so the log tells it.
  const told =
    action === 's3:DeleteObject'
      ? logs.some(({ level, message }) => level === 'WARN' && String(message).includes(action))
      : simulation.queue('TriggerFailures').some(({ body }) => JSON.stringify(body).includes(action));
  return told ? [] : [broken(`no message says that ${action} was denied to wake`)];
}

/** The tasks that the first build had entered and not left when it ended: several, if it checked and copied. */
function tasksUnderWay({ executions }: Trial): Set<string> {
  const open = new Map<string, number>();
  for (const event of executions.find((one) => isOf(one, 'build-image'))?.history ?? []) {
    const { stateEnteredEventDetails: entered, stateExitedEventDetails: exited } = event;
    const { name } = (entered ?? exited ?? {}) as { name?: string };
    if (name && event.type.startsWith('TaskState')) open.set(name, (open.get(name) ?? 0) + (entered ? 1 : -1));
  }
  return new Set([...open].filter(([, count]) => count > 0).map(([name]) => name));
}

/** If a failure has a single cause, the report names that cause. */
function cause(trial: Trial): Violation[] {
  const { scenario, struck, manifest } = trial;
  const wanted = expected(trial);
  if (!wanted || wanted.end === 'published' || scenario.again === 'at once') return [];
  if (scenario.again && manifest && manifest.status !== 'failed') return [];
  const all = [
    ...wordsOf(trial),
    manifest?.failure?.cause,
    ...(manifest?.targets ?? []).map(({ error }) => error),
  ].join('\n');
  const told = manifest?.failure?.state ?? wordsOf(trial).at(-1)?.split(':')[0];
  const problems = [];
  const nothingMade = wanted.end === 'died' && (wanted.state === 'Resolve' || isUnheard(trial)) && !manifest;
  const hidden = told === 'unknown' && linesOf(trial).some((line) => line.startsWith('the history could not be read'));
  const beside = wanted.end === 'died' && told !== undefined && tasksUnderWay(trial).has(told);
  if (
    wanted.state &&
    told !== wanted.state &&
    !beside &&
    !hidden &&
    !nothingMade &&
    !(wanted.end === 'died' && isUnknown(trial))
  )
    problems.push(`the failure names ${told}, not ${wanted.state}`);
  if (wanted.region && !all.includes(wanted.region)) problems.push(`nothing names ${wanted.region}`);
  const denied = [...struck].filter(({ fault, place }) => fault === 'denied' && stateOfPlace(place) === wanted.state);
  for (const { at } of denied) {
    const action = String(at).split(/[:@]/)[1] ?? '';
    if (!all.includes(action)) problems.push(`nothing says that ${at} was denied: ${brief(all)}`);
  }
  return problems.map(broken);
}
