// What every operation must keep to, no matter what it does.
import { failureNames } from '../../../core/failure-names.ts';
import type { Execution } from '../../../simulator/states/step-functions.ts';
import { brief } from '../judge/expectation.ts';
import type { Violation } from '../judge/violation.ts';
import { isOf } from '../strikes.ts';
import { isStop, machineOf, type Strike } from '../vocabulary.ts';
import type { OperationTrial } from './operation.ts';

const names = new Set<string>(failureNames);
const foreign = /^(States\.|Lambda\.|Runtime\.|Sandbox\.)/;

/** What the executions of the operation's machine say: error, cause and output. */
export const saidIn = ({ executions }: Pick<OperationTrial, 'executions'>): string =>
  executions.map(({ error, cause, output }) => [error, cause, output].filter(Boolean).join(': ')).join('\n');

/** The permissions that were missing, of the operation's own states. */
export const denials = ({ struck, first }: OperationTrial): Strike[] =>
  [...struck].filter(({ place, fault }) => fault === 'denied' && isOf(first, machineOf(place)));

/** Whether the simulated AWS is in a mood of its own, so that an operation may fail without a strike. */
export const isMoody = ({ rates, rough, throttled = 0 }: OperationTrial['scenario']): boolean => {
  const { eventsLost: _, eventsDoubled: __, eventsLate: ___, ...others } = rates ?? {};
  return rough === true || throttled > 0 || Object.values(others).some((rate) => rate > 0);
};

/** Every execution ends; a fault that passes does not fail it; a repetition succeeds; a failure names what AWS refused. */
export function ends(trial: OperationTrial): Violation[] {
  const { executions, first, second, struck, scenario, isRefused } = trial;
  const found: Violation[] = executions
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn }) => ({ invariant: 'ends', what: `${arn} still runs after more than a week` }));
  const said = ({ status, error, cause }: Execution) => `${status} ${error}: ${brief(cause)}`;
  const denied = denials(trial);
  const isEnded = [...struck].some((strike) => isStop(strike) && isOf(first, machineOf(strike.place)));
  const mayFail = denied.length > 0 || isEnded || isMoody(scenario) || isRefused;
  if (!mayFail && first.status !== 'SUCCEEDED') found.push({ invariant: 'completes', what: said(first) });
  // An operation that was done, although its execution was ended, is refused the second time.
  const mayRefuse =
    second?.error === 'MoveRefused' ||
    // Another variant may still be built.
    (scenario.again === 'at once' && /^(RecipeBusy|VariantFailed)$/.test(second?.error ?? ''));
  if (second && denied.length === 0 && !isMoody(scenario) && !isRefused && second.status !== 'SUCCEEDED' && !mayRefuse)
    found.push({ invariant: 'completes', what: `the second time: ${said(second)}` });
  return [...found, ...namesItsError(trial), ...denied.flatMap((one) => tellsDenial(trial, one))];
}

export const wasEnded = ({ status }: Execution): boolean => status === 'ABORTED' || status === 'TIMED_OUT';

/** Whether the undoing may not answer Step Functions, so that only the history of the execution tells of the failure before. */
export const isMute = (trial: OperationTrial): boolean =>
  denials(trial).some(({ place, at }) => place === 'move/UndoMove' && String(at).startsWith('sfn:SendTask'));

const namesItsError = ({ executions }: OperationTrial): Violation[] =>
  executions
    .filter(({ status, error = '' }) => status === 'FAILED' && !names.has(error) && !foreign.test(error))
    .map(({ name, error }) => ({ invariant: 'told', what: `${name} fails as ${error ?? 'nothing'}` }));

function tellsDenial(trial: OperationTrial, { place, at }: Strike): Violation[] {
  // Nobody tells why an execution failed that was ended before it could.
  if (wasEnded(trial.first)) return [];
  if (place !== 'move/UndoMove' && isMute(trial)) return [];
  // IAM has another name for the action than S3.
  const action = String(at).replace(/^.*:/, '').replace(/@.*/, '').replace('ListObjectsV2', 'ListBucket');
  const logged = trial.logs.some(({ level, message }) => level === 'WARN' && String(message).includes(action));
  // A failure that could not be answered to Step Functions stands in the history of the channel.
  const recorded = [...trial.documents].some(
    ([key, text]) => trial.documentsBefore.get(key) !== text && text.includes(action),
  );
  if (saidIn(trial).includes(action) || logged || recorded) return [];
  return [{ invariant: 'told', what: `nothing says that ${action} was denied at ${place}: ${brief(saidIn(trial))}` }];
}
