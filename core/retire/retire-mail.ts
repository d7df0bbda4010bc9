import { failuresOf, retireOutcome, savedPerMonth, type RetireReport } from './retire-report.ts';
import type { RetireStep } from './retiring.ts';

/** Everything that failed, in one text. Undefined if nothing did. */
export function retireFailure({ rows }: Pick<RetireReport, 'rows'>, at: string): string | undefined {
  const lines = rows.flatMap((row) =>
    failuresOf(row).map((line) => `${row.step} ${row.recipe}-${row.build}: ${line.slice(0, 1000)}`),
  );
  if (lines.length === 0) return undefined;
  return [
    ...lines.slice(0, 20),
    ...(lines.length > 20 ? [`and ${lines.length - 20} more`] : []),
    `all of it: ${at}`,
  ].join('\n');
}

const past: Record<RetireStep, string> = { deprecate: 'deprecated', disable: 'disabled', deregister: 'deregistered' };

/** The mail about a run. Undefined if no image took a step, and none would. */
export function retireMail(
  report: RetireReport,
  at: string,
  deployment: string,
): { subject: string; text: string } | undefined {
  const { rows } = report;
  const told = rows.filter((row) => row.step !== null || row.would);
  if (told.length === 0) return undefined;
  const { counts } = retireOutcome(report, at);
  const says = Object.entries(counts).flatMap(([kind, count]) =>
    kind === 'kept' || count === 0
      ? []
      : [`${count} ${kind === 'would' ? 'would be retired' : (past[kind as RetireStep] ?? kind)}`],
  );
  const lines = told.slice(0, 50).map((row) => {
    const failed = failuresOf(row);
    const word = row.would
      ? `would ${row.would}`
      : row.step && (failed.length > 0 ? `failed to ${row.step}` : past[row.step]);
    return [
      `${row.recipe}-${row.build}: ${word}: ${row.reason}`,
      ...failed,
      ...(row.ends ?? []).flatMap(({ notes }) => notes),
    ].join('\n  ');
  });
  const first = rows.some(({ would }) => would)
    ? ['A policy is new or has changed, so this run only reports. The next one acts.']
    : [];
  const saved = savedPerMonth(report);
  const cost = saved > 0 ? [`Saved: at most $${saved.toFixed(2)} each month.`] : [];
  const more = told.length > 50 ? [`and ${told.length - 50} more`] : [];
  const subject = `${deployment}: images: ${says.join(', ')}`.slice(0, 99).trimEnd();
  return {
    subject,
    text: `${[...first, ...lines, ...more, ...cost, `Everything done and left, with reasons: ${at}`].join('\n\n')}\n`,
  };
}
