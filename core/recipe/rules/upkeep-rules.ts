import { secondsOf } from '../../duration.ts';
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

/** The rules on when a recipe is built again by itself. */
export const upkeepRules: Rule[] = [
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
];
