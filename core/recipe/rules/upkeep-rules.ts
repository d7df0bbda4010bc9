import { durationOf, secondsOf } from '../../duration.ts';
import { scheduleProblem } from './schedule.ts';
import { didYouMean } from '../../nearest.ts';
import type { Rule } from './rule.ts';

/** Names that were looked up. Intl takes almost a millisecond for a name, and recipes are read again and again. */
const timeZones = new Map<string, boolean>();

function isTimeZone(name: string): boolean {
  const known = timeZones.get(name) ?? isKnownToIntl(name);
  timeZones.set(name, known);
  return known;
}

function isKnownToIntl(name: string): boolean {
  try {
    // Intl.DateTimeFormat accepts offsets such as +01:00, but EventBridge Scheduler does not.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

const day = 86_400;
const steps = ['deprecateAfter', 'disableAfter', 'deregisterAfter'] as const;

/** The rules on when a recipe is built again by itself, and when its older images are retired. */
export const upkeepRules: Rule[] = [
  {
    says: 'holdFor goes with onFailure: hold only.',
    look({ onFailure }, report, { stated }) {
      if (onFailure !== undefined && onFailure !== 'hold' && stated(['holdFor']))
        report(['holdFor'], 'goes with onFailure: hold only');
    },
  },
  {
    says: 'A schedule is cron(...) of six fields or rate(...). at(...) is refused, because it runs only once.',
    look({ triggers }, report) {
      const problem = triggers?.schedule === undefined ? undefined : scheduleProblem(triggers.schedule);
      if (problem !== undefined) report(['triggers', 'schedule'], problem);
    },
  },
  {
    says: 'flexibleWindow is a whole number of minutes and goes with a schedule.',
    look({ triggers }, report, { stated }) {
      if (!triggers || !stated(['triggers', 'flexibleWindow'])) return;
      const { flexibleWindow } = triggers;
      if (secondsOf(flexibleWindow) % 60 !== 0)
        report(['triggers', 'flexibleWindow'], `must be whole minutes, got ${flexibleWindow}`);
      else if (!stated(['triggers', 'schedule'])) report(['triggers', 'flexibleWindow'], 'goes with a schedule only');
    },
  },
  {
    says: 'timezone is an IANA name and goes with a cron schedule.',
    look({ triggers }, report) {
      if (triggers?.timezone === undefined) return;
      if (!isTimeZone(triggers.timezone)) {
        const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
        report(
          ['triggers', 'timezone'],
          `${triggers.timezone} is not an IANA time zone${didYouMean(triggers.timezone, zones)}`,
        );
      } else if (!triggers.schedule?.startsWith('cron(')) {
        report(['triggers', 'timezone'], 'goes with a cron(...) schedule only');
      }
    },
  },
  {
    says: 'retire names at least one of deprecateAfter, disableAfter and deregisterAfter.',
    look({ retire }, report, { stated }) {
      if (retire && steps.every((step) => !stated(['retire', step])))
        report(['retire'], `must name at least one of ${steps.join(', ')}`);
    },
  },
  {
    says: 'Each step of retire comes at least a day after the one before, in the order deprecateAfter, disableAfter, deregisterAfter.',
    look({ retire }, report) {
      let before: { step: string; seconds: number } | undefined;
      for (const step of steps) {
        const after = retire?.[step];
        if (after === undefined) continue;
        const seconds = secondsOf(after);
        if (before && seconds < before.seconds + day)
          report(
            ['retire', step],
            `must be at least a day more than ${before.step}, which is ${durationOf(before.seconds)}; got ${after}`,
          );
        before = { step, seconds };
      }
    },
  },
  {
    says: 'retire.snapshots goes with deregisterAfter only.',
    look({ retire }, report, { stated }) {
      if (retire && retire.deregisterAfter === undefined && stated(['retire', 'snapshots']))
        report(['retire', 'snapshots'], 'goes with deregisterAfter only: no other step touches snapshots');
    },
  },
];
