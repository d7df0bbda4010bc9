import { ApiError, type Actions, type Caller } from '../aws/calls/actions.ts';
import type { Json } from './definition.ts';
import { PAYLOAD_LIMIT, StateError } from './errors.ts';
import type { Execution, HistoryEvent } from './history.ts';
import { redriveStatus, whyNotRedrivable } from './redrive.ts';
import type { Machine, Running } from './execution.ts';
import { uuid } from '../aws/keys.ts';
import type { Registry } from './registry.ts';

interface Page {
  maxResults?: number;
  nextToken?: string;
}
type Named<Key extends string> = { [key in Key]: string };
/** No payload. What is undefined is in no answer. */
const withheld = { input: undefined, output: undefined, parameters: undefined, assignedVariables: undefined };

function runningAt({ executions }: Registry, arn: string): Running {
  const found = executions.get(arn);
  if (!found) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  return found;
}

function machineAt({ machines }: Registry, arn: string): Machine {
  const found = machines.get(arn);
  if (!found) throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
  return found;
}

function startExecution(
  registry: Registry,
  request: Named<'stateMachineArn'> & { name?: string; input?: string; traceHeader?: string },
) {
  const { executions, start } = registry;
  const {
    stateMachineArn,
    name,
    input = '{}',
  } = accept(request, ['stateMachineArn'], ['name', 'input', 'traceHeader']);
  const owner = machineAt(registry, stateMachineArn);
  const called = name ?? uuid('execution', executions.size);
  // eslint-disable-next-line no-control-regex
  if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{1,80}$/.test(called))
    throw new ApiError('InvalidName', `Invalid Name: '${called}'`);
  json(input, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
  const arn = `${owner.arn.replace(':stateMachine:', ':execution:')}:${called}`;
  const same = executions.get(arn)?.execution;
  if (same && (same.status !== 'RUNNING' || same.input !== input))
    throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  const { startDate } = same ?? start(owner, called, input);
  return { executionArn: arn, startDate };
}

function listStateMachines({ machines }: Registry, request: Page, { region }: Caller) {
  const here = [...machines.values()].filter((each) => each.region === region);
  const all = here.map(({ arn, name, createdAt }) => ({
    stateMachineArn: arn,
    name,
    type: 'STANDARD',
    creationDate: new Date(createdAt),
  }));
  const { items, nextToken } = paginate(all, accept(request, [], ['maxResults', 'nextToken']), `machines-${region}`);
  return { stateMachines: items, ...(nextToken !== undefined && { nextToken }) };
}

function describeExecution(registry: Registry, request: Named<'executionArn'> & { includedData?: string }) {
  const { clock } = registry;
  const { executionArn, includedData = 'ALL_DATA' } = accept(request, ['executionArn'], ['includedData']);
  const { execution } = runningAt(registry, executionArn);
  const whole = includedData === 'ALL_DATA';
  return {
    ...summary(execution),
    ...redriveStatus(execution, clock.now()),
    ...(whole && { input: execution.input, inputDetails: { included: true } }),
    ...(whole && execution.output !== undefined && { output: execution.output, outputDetails: { included: true } }),
    ...(execution.error !== undefined && { error: execution.error }),
    ...(execution.cause !== undefined && { cause: execution.cause }),
  };
}

function getExecutionHistory(
  registry: Registry,
  request: Named<'executionArn'> & Page & { reverseOrder?: boolean; includeExecutionData?: boolean },
) {
  const optional = ['maxResults', 'nextToken', 'reverseOrder', 'includeExecutionData'];
  const {
    executionArn,
    reverseOrder,
    includeExecutionData = true,
    ...page
  } = accept(request, ['executionArn'], optional);
  const { history } = runningAt(registry, executionArn).execution;
  const ordered = reverseOrder ? history.toReversed() : history;
  const { items, nextToken } = paginate(ordered, page, executionArn);
  return {
    events: includeExecutionData ? items : items.map(withoutPayloads),
    ...(nextToken !== undefined && { nextToken }),
  };
}

function listExecutions(registry: Registry, request: Named<'stateMachineArn'> & Page & { statusFilter?: string }) {
  const { executions } = registry;
  const { stateMachineArn, statusFilter, ...page } = accept(
    request,
    ['stateMachineArn'],
    ['statusFilter', 'maxResults', 'nextToken'],
  );
  const { arn } = machineAt(registry, stateMachineArn);
  const mine = [...executions.values()]
    .map(({ execution }) => execution)
    .filter((each) => each.stateMachineArn === arn && (statusFilter === undefined || each.status === statusFilter))
    .toReversed();
  const { items, nextToken } = paginate(mine, page, arn);
  return { executions: items.map(summary), ...(nextToken !== undefined && { nextToken }) };
}

function stopExecution(registry: Registry, request: Named<'executionArn'> & { error?: string; cause?: string }) {
  const { clock } = registry;
  const { executionArn, error, cause } = accept(request, ['executionArn'], ['error', 'cause']);
  const running = runningAt(registry, executionArn);
  running.end('ABORTED', {
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  });
  return { stopDate: running.execution.stopDate ?? new Date(clock.now()) };
}

/** As on AWS, a client token identifies the same redrive for 15 minutes; only the last ten tokens are kept. */
function redriveExecution(registry: Registry, request: Named<'executionArn'> & { clientToken?: string }) {
  const { clock } = registry;
  const { executionArn, clientToken } = accept(request, ['executionArn'], ['clientToken']);
  const running = runningAt(registry, executionArn);
  const { execution, redriveTokens } = running;
  const before = clientToken === undefined ? undefined : redriveTokens.get(clientToken);
  if (before && clock.now() - before.getTime() <= 15 * 60_000) return { redriveDate: before };
  const reason = whyNotRedrivable(execution, clock.now());
  if (reason !== undefined) throw new ApiError('ExecutionNotRedrivable', reason);
  running.redrive();
  const redriveDate = execution.redriveDate as Date;
  if (clientToken !== undefined) redriveTokens.set(clientToken, redriveDate);
  for (const token of [...redriveTokens.keys()].slice(0, -10)) redriveTokens.delete(token);
  return { redriveDate };
}

function sendTaskSuccess({ tokens }: Registry, request: Named<'taskToken' | 'output'>) {
  const { taskToken, output } = accept(request, ['taskToken', 'output'], []);
  const holder = tokens.holder(taskToken);
  holder.succeed(json(output, 'InvalidOutput', 'Invalid Output'));
  return {};
}

function sendTaskFailure({ tokens }: Registry, request: Named<'taskToken'> & { error?: string; cause?: string }) {
  const { taskToken, error, cause } = accept(request, ['taskToken'], ['error', 'cause']);
  tokens.holder(taskToken).fail(new StateError(error, cause));
  return {};
}

function sendTaskHeartbeat({ tokens }: Registry, request: Named<'taskToken'>) {
  const { taskToken } = accept(request, ['taskToken'], []);
  tokens.holder(taskToken).beat();
  return {};
}

/** The API of Step Functions for executions and task tokens (https://docs.aws.amazon.com/step-functions/latest/apireference). */
const answers = {
  StartExecution: startExecution,
  ListStateMachines: listStateMachines,
  DescribeExecution: describeExecution,
  GetExecutionHistory: getExecutionHistory,
  ListExecutions: listExecutions,
  StopExecution: stopExecution,
  RedriveExecution: redriveExecution,
  SendTaskSuccess: sendTaskSuccess,
  SendTaskFailure: sendTaskFailure,
  SendTaskHeartbeat: sendTaskHeartbeat,
} satisfies Record<string, (registry: Registry, request: never, caller: Caller) => object>;

export const createActions = (registry: Registry): Actions =>
  Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      (request: object, caller: Caller) => answer(registry, request as never, caller),
    ]),
  );

/** Refuses a parameter that is not simulated, and a call that lacks a required parameter. */
export function accept<T extends object>(input: T, required: string[], optional: string[]): T {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  for (const [key] of given)
    if (!required.includes(key) && !optional.includes(key))
      throw new ApiError('ValidationException', `The parameter ${key} is not simulated.`);
  for (const key of required)
    if ((input as Record<string, unknown>)[key] == null)
      throw new ApiError(
        'ValidationException',
        `1 validation error detected: Value null at '${key}' failed to satisfy constraint: Member must not be null`,
      );
  return input;
}

function json(text: string, code: string, message: string): Json {
  if (Buffer.byteLength(text) > PAYLOAD_LIMIT)
    throw new ApiError(code, `${message}: it is longer than ${PAYLOAD_LIMIT} bytes`);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new ApiError(code, `${message}: '${(error as Error).message}'`);
  }
}

function summary(execution: Execution) {
  const { arn, stateMachineArn, name, status, startDate, stopDate, redriveCount, redriveDate } = execution;
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate,
    ...(stopDate && { stopDate }),
    redriveCount,
    ...(redriveDate && { redriveDate }),
  };
}

function paginate<T>(all: T[], page: Page, subject: string): { items: T[]; nextToken: string | undefined } {
  const { maxResults = 100, nextToken } = page;
  if (!Number.isInteger(maxResults) || maxResults < 0 || maxResults > 1000)
    throw new ApiError(
      'ValidationException',
      `1 validation error detected: Value '${maxResults}' at 'maxResults' failed to satisfy constraint: Member must have value between 0 and 1000`,
    );
  const [from, of] =
    nextToken === undefined ? ['0', subject] : Buffer.from(nextToken, 'base64url').toString().split(' ');
  if (of !== subject) throw new ApiError('InvalidToken', `Invalid Token: '${nextToken}'`);
  const end = Number(from) + (maxResults || 100);
  const more = end < all.length ? Buffer.from(`${end} ${subject}`).toString('base64url') : undefined;
  return { items: all.slice(Number(from), end), nextToken: more };
}

function withoutPayloads(event: HistoryEvent): HistoryEvent {
  const bare = { ...event };
  for (const key in event) {
    const name = key as `${string}EventDetails`;
    if (key.endsWith('EventDetails')) bare[name] = { ...event[name], ...withheld };
  }
  return bare;
}
