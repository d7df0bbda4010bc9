import { generateCases, sample, type FaultCase } from './cases.ts';
import type { Outcome } from './judge/outcome.ts';
import { faults } from './vocabulary.ts';
import { runAll } from './workers.ts';

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
export const violationLines = ({ violations }: Outcome): string[] =>
  violations.map(({ invariant, what }) => `    ${invariant}: ${what}`);

/** One line of the table: the number of cases of a fault, and its violated cases. */
function line(name: string, width: number, cells: string[]): string {
  return [name.padEnd(width), ...cells.map((cell, column) => cell.padStart((faults[column] ?? 'all').length))].join(
    '  ',
  );
}

function counts(cases: FaultCase[], outcomes: Map<FaultCase, Outcome>): string[] {
  const count = (of: FaultCase[]) => {
    const bad = of.filter((one) => outcomes.get(one)?.violations.length).length;
    return of.length === 0 ? '·' : bad > 0 ? `${bad}!/${of.length}` : `${of.length}`;
  };
  return [...faults.map((fault) => count(cases.filter((one) => one.fault === fault))), count(cases)];
}

/** Runs the cases and prints each row of the table when its last case has finished. @returns whether all promises held. */
export async function runMatrix(cases: FaultCase[]): Promise<boolean> {
  const began = performance.now();
  const outcomes = new Map<FaultCase, Outcome>();
  const rows = [...new Set(cases.map(({ row }) => row))].map(
    (row) => [row, cases.filter((one) => one.row === row)] as const,
  );
  const width = Math.max(...rows.map(([row]) => row.length));
  console.log(line('', width, [...faults, 'all']));
  let printed = 0;
  const print = () => {
    for (; printed < rows.length; printed++) {
      const [row, of] = rows[printed] as (typeof rows)[number];
      if (!of.every((one) => outcomes.has(one))) return;
      console.log(line(row, width, counts(of, outcomes)));
    }
  };
  const report = (one: FaultCase, outcome: Outcome) => {
    outcomes.set(one, outcome);
    if (outcome.violations.length > 0)
      console.log([`npm run faults -- --only ${quoted(one.label)}`, ...violationLines(outcome)].join('\n'));
    print();
  };
  const jobs = cases.map(({ scenario }) => ({ scenario, mustStrike: true }));
  await runAll(jobs, (index, outcome) => report(cases[index] as FaultCase, outcome));
  console.log(line('all', width, counts(cases, outcomes)));
  const bad = cases.filter((one) => outcomes.get(one)?.violations.length).length;
  const slowest = cases.toSorted(
    (a, b) => (outcomes.get(b)?.milliseconds ?? 0) - (outcomes.get(a)?.milliseconds ?? 0),
  )[0];
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`\n${cases.length} cases, ${bad} violated, ${seconds} s`);
  if (slowest) console.log(`the slowest: ${slowest.label}, ${outcomes.get(slowest)?.milliseconds} ms`);
  return bad === 0;
}

interface Choice {
  /** The beginnings of labels. */
  only?: string[];
  /** The base of the cases: a kind of build, or an operation. */
  of?: string | undefined;
  size?: number | undefined;
  seed: number;
}

/** The cases whose labels equal or begin with one of these; all cases if no label is given. */
export async function chooseCases({ only = [], of, size, seed }: Choice): Promise<FaultCase[]> {
  const all = await generateCases(of);
  const isWanted = (wanted: string) => {
    const exact = all.filter(({ label }) => label === wanted);
    return exact.length > 0 ? exact : all.filter(({ label }) => `${label} `.startsWith(`${wanted} `));
  };
  const wanted = new Set(only.flatMap(isWanted));
  const chosen = only.length > 0 ? all.filter((one) => wanted.has(one)) : all;
  return size === undefined ? chosen : sample(chosen, size, seed);
}
