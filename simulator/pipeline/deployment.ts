import type { Resource } from '../../infrastructure/triggers.cjs';
import { createAsyncInvocation, type AsyncFunction } from './async-invocation.ts';
import type { Clock } from '../clock.ts';
import type { BusEvent, EventBus } from '../aws/events/event-bus.ts';
import type { Pattern } from '../aws/events/event-pattern.ts';
import type { Random } from '../random.ts';
import { addSchedule } from './scheduler.ts';

/** A message of an SQS queue. */
export interface Message {
  /** ISO 8601, virtual. */
  at: string;
  body: unknown;
}

/** The things that a template refers to but does not define, by logical id. */
export interface Surroundings {
  clock: Clock;
  events: EventBus;
  random: Random;
  account: string;
  region: string;
  /** `id` is the id of the event, which becomes the execution's name; undefined for a schedule. */
  machines: Record<string, { arn: string; start: (input: unknown, id: string | undefined) => void }>;
  functions: Record<string, Pick<AsyncFunction, 'arn' | 'run'>>;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- properties of CloudFormation, as many types as there are */
/**
 * Runs rules, schedules and retries as the template's resources define them. A property that is not simulated is refused.
 * @returns the queues that they fill, by logical id.
 */
export function deploy(resources: Record<string, Resource>, around: Surroundings): Map<string, Message[]> {
  const { clock, events, random, account, region, machines, functions } = around;
  const invoke = createAsyncInvocation(clock);
  const queues = new Map<string, Message[]>();

  const idOf = (reference: any): string => reference.Ref ?? reference['Fn::GetAtt'][0];
  const queue = (reference: any) => {
    const messages = queues.get(idOf(reference)) ?? [];
    queues.set(idOf(reference), messages);
    return (body: unknown) => void messages.push({ at: new Date(clock.now()).toISOString(), body });
  };
  const configs = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::EventInvokeConfig');
  /** The receiver of events at an ARN: a function, a state machine, else a queue. */
  const taker = (reference: any): ((event: unknown) => void) => {
    const id = idOf(reference);
    const machine = machines[id];
    if (machine) return (event) => machine.start(event, (event as Partial<BusEvent>).id);
    const called = functions[id];
    if (!called) return queue(reference);
    const { MaximumRetryAttempts: retries, DestinationConfig } =
      configs.find(({ Properties }) => idOf(Properties['FunctionName']) === id)?.Properties ?? {};
    if (retries === undefined) throw new Error(`the template does not say what becomes of events ${id} cannot take`);
    const onFailure = queue(DestinationConfig.OnFailure.Destination);
    return (event) => invoke({ ...called, retries, onFailure }, event);
  };

  const deployed: Record<string, (id: string, properties: any) => void> = {
    'AWS::Lambda::EventInvokeConfig': () => undefined,
    'AWS::Events::Rule'(name, { EventPattern, Targets, ...more }) {
      const { State = 'ENABLED', ...others } = more;
      refuse(name, others, ['Description']);
      if (!isEnabled(State)) return;
      for (const { Id, Arn, DeadLetterConfig, RetryPolicy, ...rest } of Targets) {
        refuse(`${name}.${Id}`, rest, ['RoleArn']);
        const take = taker(Arn);
        events.addRule({
          name: `${name}/${Id}`,
          account,
          region,
          pattern: filled(EventPattern) as Pattern,
          target: (event) => take(event),
          retries: RetryPolicy.MaximumRetryAttempts,
          maximumAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds,
          ...(DeadLetterConfig && { deadLetter: queue(DeadLetterConfig.Arn) }),
        });
      }
    },
    'AWS::Scheduler::Schedule'(id, properties) {
      const { FlexibleTimeWindow, Target, ...said } = properties;
      const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone = 'UTC', ...more } = said;
      const { State = 'ENABLED', ...others } = more;
      refuse(id, others, ['GroupName', 'Name', 'Description']);
      if (!isEnabled(State)) return;
      const take = taker(Target.Arn);
      addSchedule(clock, random, {
        expression,
        timezone,
        windowMinutes: FlexibleTimeWindow.MaximumWindowInMinutes ?? 0,
        run: (scheduled) => take(JSON.parse(Target.Input.replaceAll('<aws.scheduler.scheduled-time>', scheduled))),
      });
    },
  };
  /** Replaces references to state machines in a pattern with their ARNs. */
  const filled = (value: any): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.Ref === 'string') return machines[value.Ref]?.arn;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]));
  };
  for (const [id, { Type, Properties }] of Object.entries(resources)) {
    const run = deployed[Type];
    if (!run) throw new Error(`the simulator does not deploy ${id}: ${Type}`);
    run(id, Properties);
  }
  return queues;
}

/** Whether a rule or a schedule is enabled. A parameter of osls counts as its default here. */
function isEnabled(state: string): boolean {
  if (state === 'DISABLED') return false;
  if (state === 'ENABLED' || state === '${param:dailySweep}') return true;
  throw new Error(`the simulator knows no state ${state} of a rule or a schedule`);
}

/** @param silent Properties that have no effect in the simulator. */
function refuse(where: string, properties: object, silent: string[]): void {
  const names = Object.keys(properties).filter((name) => !silent.includes(name));
  if (names.length > 0) throw new Error(`the simulator does not implement ${names.join(', ')} of ${where}`);
}
