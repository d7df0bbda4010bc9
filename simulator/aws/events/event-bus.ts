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

export interface Rule {
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
  addRule(rule: Rule): void;
  /** Receives every delivered event, like a rule that matches everything. */
  onEvent(listener: (event: BusEvent) => void): void;
  /** Events that a target rejected in all tries. They are in the dead-letter queue, if there is one. */
  readonly undelivered: { rule: string; event: BusEvent; error: unknown }[];
  /** Events that were never delivered, because of the rate `eventsLost`. */
  readonly lost: BusEvent[];
}

export function createEventBus(options: {
  clock: Clock;
  /** Seconds until an event is delivered. */
  lag: (region: string) => number;
  /** Whether events overtake each other. */
  reorder: boolean;
  happens: (mishap: 'eventsLost' | 'eventsDoubled', region: string) => boolean;
  random: Random;
}): EventBus {
  const { clock, lag, reorder, happens, random } = options;
  const rules: { rule: Rule; matches: (event: Occurrence) => boolean }[] = [];
  const listeners: ((event: BusEvent) => void)[] = [];
  const undelivered: EventBus['undelivered'] = [];
  const lost: BusEvent[] = [];
  const latest = new Map<string, number>();
  let count = 0;

  function deliver(event: BusEvent): void {
    for (const listener of listeners) listener(event);
    for (const { rule, matches } of rules) if (matches(event)) call(rule, event, clock.now(), 0);
  }

  function call(rule: Rule, event: BusEvent, since: number, tries: number): void {
    const { name, target, retries = 185, maximumAgeSeconds = 86_400, deadLetter } = rule;
    const run = async () => void (await target(structuredClone(event)));
    clock.activity(run).catch((error: unknown) => {
      const wait = Math.min(3600, 2 ** tries) * random.between(0.5, 1) * 1000;
      const late = clock.now() + wait - since > maximumAgeSeconds * 1000;
      if (tries >= retries || late) {
        undelivered.push({ rule: name, event, error });
        deadLetter?.(event);
      } else clock.at(clock.now() + wait, () => call(rule, event, since, tries + 1));
    });
  }

  return {
    undelivered,
    lost,
    put(occurrence) {
      const id = uuid('event', ++count);
      if (listeners.length + rules.length === 0) return id;
      const { account, region } = occurrence;
      const event: BusEvent = {
        version: '0',
        id,
        time: `${isoTime(clock.now()).slice(0, 19)}Z`,
        ...structuredClone(occurrence),
      };
      if (happens('eventsLost', region)) {
        lost.push(event);
        return id;
      }
      for (let copies = happens('eventsDoubled', region) ? 2 : 1; copies > 0; copies--) {
        const bus = `${account} ${region}`;
        const arrives = clock.now() + lag(region) * 1000;
        const at = reorder ? arrives : Math.max(arrives, latest.get(bus) ?? 0);
        latest.set(bus, at);
        clock.at(at, () => deliver(event));
      }
      return id;
    },
    addRule(rule) {
      const { account, region, pattern } = rule;
      const matches = matcher(pattern);
      const here = (event: Occurrence) =>
        (account ?? event.account) === event.account && (region ?? event.region) === event.region;
      rules.push({ rule, matches: (event) => here(event) && matches(event) });
    },
    onEvent: (listener) => void listeners.push(listener),
  };
}
