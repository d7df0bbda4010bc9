import type { Resource } from '../../infrastructure/cloudformation.ts';
import { createAsyncInvocation, type AsyncFunction } from './async-invocation.ts';
import { isoTime, type Clock } from '../clock.ts';
import type { BusEvent, EventBus } from '../aws/events/event-bus.ts';
import type { Pattern } from '../aws/events/event-pattern.ts';
import type { Random } from '../random.ts';
import { addSchedule } from './schedules/scheduler.ts';

/** A message of an SQS queue. */
export interface Message {
  /** ISO 8601, virtual. */
  at: string;
  body: unknown;
}

/** The things that a template refers to but does not define, by logical id. */
interface Referenced {
  clock: Clock;
  events: EventBus;
  random: Random;
  account: string;
  region: string;
  /** `id` is the id of the event, which becomes the execution's name; undefined for a schedule. */
  machines: Record<string, { arn: string; start: (input: unknown, id: string | undefined) => void }>;
  functions: Record<string, Pick<AsyncFunction, 'arn' | 'run'>>;
}

/**
 * Runs rules, schedules and retries as the template's resources define them. A property that is not simulated is refused.
 * @returns the queues that they fill, by logical id.
 */
export function deploy(resources: Record<string, Resource>, referenced: Referenced): Map<string, Message[]> {
  const deployment = new Deployment(resources, referenced);
  for (const [id, resource] of Object.entries(resources)) deployment.add(id, resource);
  return deployment.queues;
}

type Take = (event: unknown) => void;

/* oxlint-disable typescript/no-explicit-any -- properties of CloudFormation, as many types as there are */
class Deployment {
  readonly queues = new Map<string, Message[]>();
  readonly #referenced: Referenced;
  readonly #invoke: ReturnType<typeof createAsyncInvocation>;
  /** Lambda's settings for the asynchronous events of functions. */
  readonly #configs: Resource[];

  constructor(resources: Record<string, Resource>, referenced: Referenced) {
    this.#referenced = referenced;
    this.#invoke = createAsyncInvocation(referenced.clock);
    this.#configs = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::EventInvokeConfig');
  }

  add(id: string, { Type, Properties }: Resource): void {
    if (Type === 'AWS::Lambda::EventInvokeConfig') return; // read with the function's receiver
    if (Type === 'AWS::Events::Rule') this.#addRule(id, Properties);
    else if (Type === 'AWS::Scheduler::Schedule') this.#addSchedule(id, Properties);
    else throw new Error(`the simulator does not deploy ${id}: ${Type}`);
  }

  #addRule(name: string, { EventPattern, Targets, ...more }: any): void {
    const { events, account, region, machines } = this.#referenced;
    const { State = 'ENABLED', ...others } = more;
    refuse(name, others, ['Description']);
    if (!isEnabled(State)) return;
    for (const { Id, Arn, DeadLetterConfig, RetryPolicy, ...rest } of Targets) {
      refuse(`${name}.${Id}`, rest, ['RoleArn']);
      const take = this.#receiver(Arn);
      events.addRule({
        name: `${name}/${Id}`,
        account,
        region,
        pattern: filledIn(EventPattern, machines, region) as Pattern,
        target: (event) => take(event),
        retries: RetryPolicy.MaximumRetryAttempts,
        maximumAgeSeconds: RetryPolicy.MaximumEventAgeInSeconds,
        ...(DeadLetterConfig && { deadLetter: this.#queue(DeadLetterConfig.Arn) }),
      });
    }
  }

  #addSchedule(id: string, { FlexibleTimeWindow, Target, ...said }: any): void {
    const { clock, random } = this.#referenced;
    const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone = 'UTC', ...more } = said;
    const { State = 'ENABLED', ...others } = more;
    refuse(id, others, ['GroupName', 'Name', 'Description']);
    if (!isEnabled(State)) return;
    const take = this.#receiver(Target.Arn);
    addSchedule(clock, random, {
      expression,
      timezone,
      windowMinutes: FlexibleTimeWindow.MaximumWindowInMinutes ?? 0,
      run: (scheduled) => take(JSON.parse(Target.Input.replaceAll('<aws.scheduler.scheduled-time>', scheduled))),
    });
  }

  /** The receiver of events at an ARN: a function, a state machine, else a queue. */
  #receiver(reference: any): Take {
    const { machines, functions } = this.#referenced;
    const id = idOf(reference);
    const machine = machines[id];
    if (machine) return (event) => machine.start(event, (event as Partial<BusEvent>).id);
    const called = functions[id];
    if (!called) return this.#queue(reference);
    const { MaximumRetryAttempts: retries, DestinationConfig } =
      this.#configs.find(({ Properties }) => idOf(Properties['FunctionName']) === id)?.Properties ?? {};
    if (retries === undefined) throw new Error(`the template does not say what becomes of events ${id} cannot take`);
    const onFailure = this.#queue(DestinationConfig.OnFailure.Destination);
    return (event) => this.#invoke({ ...called, retries, onFailure }, event);
  }

  #queue(reference: any): Take {
    const messages = this.queues.get(idOf(reference)) ?? [];
    this.queues.set(idOf(reference), messages);
    return (body) => void messages.push({ at: isoTime(this.#referenced.clock.now()), body });
  }
}

/** The logical id in a reference, `Ref` or `Fn::GetAtt`. */
const idOf = (reference: any): string => reference.Ref ?? reference['Fn::GetAtt'][0];

/** Replaces references in a pattern: to state machines with their ARNs, and to the region. */
function filledIn(value: any, machines: Referenced['machines'], region: string): unknown {
  if (Array.isArray(value)) return value.map((each) => filledIn(each, machines, region));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.Ref === 'string') return value.Ref === 'AWS::Region' ? region : machines[value.Ref]?.arn;
  const members = Object.entries(value).map(([key, member]) => [key, filledIn(member, machines, region)]);
  return Object.fromEntries(members);
}
/* oxlint-enable */

/** Whether a rule or a schedule is enabled. */
function isEnabled(state: string): boolean {
  if (state === 'DISABLED') return false;
  if (state === 'ENABLED') return true;
  throw new Error(`the simulator knows no state ${state} of a rule or a schedule`);
}

/** @param silent Properties that have no effect in the simulator. */
function refuse(where: string, properties: object, silent: string[]): void {
  const names = Object.keys(properties).filter((name) => !silent.includes(name));
  if (names.length > 0) throw new Error(`the simulator does not implement ${names.join(', ')} of ${where}`);
}
