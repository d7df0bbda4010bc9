import { isoTime, type Clock } from '../../clock.ts';
import { matcher, type Pattern } from './event-pattern.ts';
import type { Occurrence } from './events.ts';
import { uuid } from '../keys.ts';
import type { Random } from '../../random.ts';

export interface BusEvent extends Occurrence {
  version: '0';
  id: string;
  time: string;
}

interface EventRule {
  name: string;
  /** Account and region of the bus. Default: all accounts and regions. */
  account?: string;
  region?: string;
  pattern: Pattern;
  /** Called at least once for each matching event, since events can be delivered twice. A rejection causes a retry. */
  target: (event: BusEvent) => unknown;
  /** Default: EventBridge's 185 retries within 24 hours. */
  retries?: number;
  maximumAgeSeconds?: number;
  /** Receives events that the target rejected in all tries. */
  deadLetter?: (event: BusEvent) => void;
}

/** The default event buses of all accounts and regions. */
export interface EventBus {
  /** Returns the event's id. */
  put(occurrence: Occurrence): string;
  /** Returns a function that deletes the rule. */
  addRule(rule: EventRule): () => void;
  /**
   * Brings an event from the default bus of one region to that of another, as a rule with that bus as its target does. The event
   * keeps its own region. On the way it can be lost, doubled and late once more. EventBridge sends no event on to a third bus:
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-bus-to-bus.html
   */
  forward(event: BusEvent, from: string, to: string): void;
  /** Number of rules on the default bus of an account and region. */
  rulesOn(account: string, region: string): number;
  /** Receives every delivered event, like a rule that matches everything. */
  onEvent(listener: (event: BusEvent) => void): void;
  /** Events that a target rejected in all tries. They are in the dead-letter queue, if there is one. */
  readonly undelivered: { rule: string; event: BusEvent; error: unknown }[];
  /** Events that were never delivered, because of the rate `eventsLost`. */
  readonly lost: BusEvent[];
}

/** What a test does to an event: it never comes, comes twice, or comes some seconds late. */
export type EventFate = 'lost' | 'doubled' | { lateSeconds: number };

interface EventBusOptions {
  clock: Clock;
  /** Seconds until an event is delivered. */
  lag: (region: string) => number;
  /** Whether events overtake each other. */
  reorder: boolean;
  happens: (mishap: 'eventsLost' | 'eventsDoubled' | 'eventsLate', region: string) => boolean;
  interfere?: ((event: Occurrence) => EventFate | undefined) | undefined;
  random: Random;
}

/** What arrives of an event, which travels as JSON. This takes a third of the time of structuredClone. */
const asSent = <T>(event: T): T => JSON.parse(JSON.stringify(event)) as T;

export const createEventBus = (options: EventBusOptions): EventBus => new SimulatedEventBus(options);

class SimulatedEventBus implements EventBus {
  readonly undelivered: EventBus['undelivered'] = [];
  readonly lost: BusEvent[] = [];
  readonly #options: EventBusOptions;
  readonly #rules = new Set<{ rule: EventRule; matches: (event: Occurrence, bus: string) => boolean }>();
  readonly #listeners: ((event: BusEvent) => void)[] = [];
  /** When the latest event of a bus arrives, by `account region`. */
  readonly #latest = new Map<string, number>();
  #count = 0;

  constructor(options: EventBusOptions) {
    this.#options = options;
  }

  put(occurrence: Occurrence): string {
    const { clock, interfere } = this.#options;
    const id = uuid('event', ++this.#count);
    if (this.#listeners.length + this.#rules.size === 0) return id;
    const time = `${isoTime(clock.now()).slice(0, 19)}Z`;
    const event: BusEvent = { version: '0', id, time, ...asSent(occurrence) };
    this.#send(event, event.region, interfere?.(event));
    return id;
  }

  forward(event: BusEvent, from: string, to: string): void {
    if (event.region === from && from !== to) this.#send(event, to, undefined);
  }

  addRule(rule: EventRule): () => void {
    const { account, region, pattern } = rule;
    const matches = matcher(pattern);
    const here = (event: Occurrence, bus: string) =>
      (account ?? event.account) === event.account && (region ?? bus) === bus;
    const added = { rule, matches: (event: Occurrence, bus: string) => here(event, bus) && matches(event) };
    this.#rules.add(added);
    return () => void this.#rules.delete(added);
  }

  rulesOn(account: string, region: string): number {
    return [...this.#rules].filter(({ rule }) => rule.account === account && rule.region === region).length;
  }

  onEvent(listener: (event: BusEvent) => void): void {
    this.#listeners.push(listener);
  }

  /** Sends an event to the bus of a region. */
  #send(event: BusEvent, bus: string, fate: EventFate | undefined): void {
    const { clock, happens } = this.#options;
    if (happens('eventsLost', bus) || fate === 'lost') return void this.lost.push(event);
    const late = this.#lateness(bus, fate);
    const copies = happens('eventsDoubled', bus) || fate === 'doubled' ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const arrives = late > 0 ? clock.now() + late * 1000 : this.#arrivalAt(bus, event.account);
      clock.at(arrives, () => this.#deliver(event, bus));
    }
  }

  /**
   * Seconds by which an event comes too late; 0 if it does not. After an outage, events come up to 24 hours late:
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-delivery-level.html
   */
  #lateness(region: string, fate: EventFate | undefined): number {
    const { happens, random } = this.#options;
    if (typeof fate === 'object') return fate.lateSeconds;
    return happens('eventsLate', region) ? 60 * 1440 ** random.next() : 0;
  }

  /** When an event arrives. It does not arrive before an earlier event of its bus, unless events overtake each other. */
  #arrivalAt(region: string, account: string): number {
    const { clock, lag, reorder } = this.#options;
    const bus = `${account} ${region}`;
    const arrives = clock.now() + lag(region) * 1000;
    const at = reorder ? arrives : Math.max(arrives, this.#latest.get(bus) ?? 0);
    this.#latest.set(bus, at);
    return at;
  }

  #deliver(event: BusEvent, bus: string): void {
    if (bus === event.region) for (const listener of this.#listeners) listener(event);
    for (const { rule, matches } of this.#rules)
      if (matches(event, bus)) this.#call(rule, event, this.#options.clock.now(), 0);
  }

  #call(rule: EventRule, event: BusEvent, since: number, tries: number): void {
    const { clock, random } = this.#options;
    const { name, target, retries = 185, maximumAgeSeconds = 86_400, deadLetter } = rule;
    const run = async () => void (await target(asSent(event)));
    clock.activity(run).catch((error: unknown) => {
      const wait = Math.min(3600, 2 ** tries) * random.between(0.5, 1) * 1000;
      const late = clock.now() + wait - since > maximumAgeSeconds * 1000;
      if (tries >= retries || late) {
        this.undelivered.push({ rule: name, event, error });
        deadLetter?.(event);
      } else clock.at(clock.now() + wait, () => this.#call(rule, event, since, tries + 1));
    });
  }
}
