import type { EventPath } from '../../core/build/event-paths.ts';
import type { HistoryEvent } from '../../simulator/states/history.ts';
import { createProgress, type Line, type Progress } from '../deployed/progress.ts';

/** The progress of one build, or of builds side by side: then each line begins with the name of its build. */
export function createProgressOfAll() {
  const each = new Map<string, Progress>();
  const named = (who: string, lines: Line[]) =>
    who === '' ? lines : lines.map((line) => ({ ...line, label: `${who} ${line.label}` }));
  return {
    startedAt: () => Math.min(...[...each.values()].map((one) => one.startedAt())),
    running: () => [...each].flatMap(([who, one]) => named(who, one.running())),
    take(event: HistoryEvent, path: EventPath, who: string): Line[] {
      const own = each.get(who) ?? createProgress();
      each.set(who, own);
      return named(who, own.take(event, path));
    },
  };
}
