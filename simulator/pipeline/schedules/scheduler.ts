import type { Clock } from '../../clock.ts';
import { nextRun, periodOf } from './cron.ts';
import type { Random } from '../../random.ts';

export interface Schedule {
  /** `cron(…)` or `rate(…)`. */
  expression: string;
  /** IANA name of the time zone of a cron schedule. */
  timezone: string;
  /** The flexible window in minutes after the scheduled time; 0 if the schedule is not flexible. */
  windowMinutes: number;
  /** Called with the scheduled time, ISO 8601 in seconds. */
  run: (scheduled: string) => void;
}

/** Runs a schedule of EventBridge Scheduler from now on. A rate schedule runs immediately, like AWS's without a StartDate. */
export function addSchedule(clock: Clock, random: Random, schedule: Schedule): void {
  const { expression, timezone, windowMinutes, run } = schedule;
  const period = periodOf(expression);
  const due = (at: number | undefined) => {
    if (at === undefined) return;
    // An inflexible schedule runs within a minute of its time.
    const late = windowMinutes > 0 ? random.between(0, windowMinutes * 60) : random.between(0, 5);
    clock.at(at, () => due(period === undefined ? nextRun(expression, timezone, at) : at + period));
    clock.at(at + late * 1000, () => run(`${new Date(at).toISOString().slice(0, 19)}Z`));
  };
  due(period === undefined ? nextRun(expression, timezone, clock.now()) : clock.now());
}
