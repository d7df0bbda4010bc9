import { costLine } from '../../core/report/cost.ts';
import { targetAdvice } from '../../core/report/failure.ts';
import { failedIn, heldLines } from '../../core/report/failure-summary.ts';
import { wastedLine } from '../../core/report/wasted.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import type { ManifestAccountCopy } from '../../core/accounts/manifest-copies.ts';
import { durationOf } from '../../core/duration.ts';
import type { Manifest, ManifestTarget } from '../../core/build/manifest.ts';
import { fold, painter, type Paint, type Terminal } from './terminal.ts';

interface Totals {
  simulatedSeconds: number;
  wallSeconds: number;
  transitions: number;
  apiCalls: number;
}

const paints = { published: 'green', failed: 'red', skipped: 'yellow' } as const;
const shownPerKind = 3;

/** Everybody a target is shared with, one per line. For an organization or unit the id is enough; the ARN says little more. */
export function sharedWith({
  accounts,
  organizations,
  organizationalUnits,
  allowPublic,
}: Pick<ManifestTarget, 'accounts' | 'organizations' | 'organizationalUnits' | 'allowPublic'>): string[] {
  const some = (ids: string[], plural: string) =>
    ids.length > shownPerKind
      ? [...ids.slice(0, shownPerKind - 1), `+ ${ids.length - shownPerKind + 1} ${plural}`]
      : ids;
  const id = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
  const everybody = [
    ...some(accounts, 'accounts'),
    ...some(organizations.map(id), 'organizations'),
    ...some(organizationalUnits.map(id), 'units'),
    ...(allowPublic ? ['everyone'] : []),
  ];
  return everybody.length > 0 ? everybody : ['nobody'];
}

const nobodyElse = { organizations: [], organizationalUnits: [] };

const titles = ['Region', 'AMI', 'Shared with', 'Parameter', 'Status'];

/**
 * The table region × AMI × shared with × parameter × status, without borders. (cli-table3 needs as many lines of options to hide
 * its borders, and adds six packages.)
 */
export function targetTable(
  targets: (ManifestTarget | ManifestAccountCopy)[],
  { colour }: Pick<Terminal, 'colour'>,
): string {
  const paint = painter({ colour });
  const rows = targets.map((target) => {
    const shared = target.ami === null ? ['–'] : sharedWith({ ...nobodyElse, ...target });
    const cells = [[targetName(target)], [target.ami ?? '–'], shared, [target.parameter ?? '–']];
    return { status: target.status, cells };
  });
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.flatMap(({ cells }) => (cells[column] ?? []).map((line) => line.length))),
  );
  const lineOf = (cells: (string | undefined)[]) =>
    `  ${cells.map((cell = '', column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`;
  const lines = rows.flatMap(({ cells, status }) =>
    Array.from({ length: Math.max(...cells.map((cell) => cell.length)) }, (_, index) => {
      const line = lineOf(cells.map((cell) => cell[index]));
      return index === 0 ? `${line}  ${paint(paints[status], status)}` : line.trimEnd();
    }),
  );
  return [paint('bold', lineOf(titles).trimEnd()), ...lines].join('\n');
}

/** The result of a build: the table, its errors, its leftovers, its time and cost (a string is printed as such a line). */
export function outcome(
  manifest: Manifest,
  totals: Totals | string,
  terminal: Pick<Terminal, 'columns' | 'colour'>,
): string {
  const paint = painter(terminal);
  const { failure, copiedTo = [] } = manifest;
  const targets = [...manifest.targets, ...copiedTo];
  const parts: string[] = [];
  if (targets.some(({ status }) => status !== 'skipped')) parts.push(targetTable(targets, terminal));
  const errors = targets.flatMap(({ error, ...at }) => (error === null ? [] : [{ place: targetName(at), error }]));
  for (const { place, error } of errors) {
    const advice = targetAdvice(error);
    const lines = [error.trimEnd(), ...(advice === undefined ? [] : [`What to do: ${advice}`])]
      .flatMap((text) => text.split('\n'))
      .flatMap((line) => fold(line, terminal.columns - 5));
    parts.push([`  ${paint('red', place)}`, ...lines.map((line) => `    ${line}`)].join('\n'));
  }
  for (const note of manifest.notes ?? []) {
    const [first = '', ...rest] = fold(note, terminal.columns - 9);
    parts.push(
      [`  ${paint('yellow', 'Note')}   ${first}`, ...rest.map((line) => `${' '.repeat(9)}${line}`)].join('\n'),
    );
  }
  if (failure) parts.push(remains(failure, manifest, paint));
  const took = typeof totals === 'string' ? totals : totalsLine(totals);
  const cost = manifest.cost ? [`it costs ${costLine(manifest.cost)}`] : [];
  const asides = [...cost, took].filter(Boolean).map((line) => `  ${paint('dim', line)}`);
  parts.push([`  ${headline(manifest, paint)}`, ...asides].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function headline({ status, recipe, build, image, failure }: Manifest, paint: Paint): string {
  switch (status) {
    case 'published':
      return `${paint('green', '✓')} ${paint('bold', image?.name ?? `${recipe}-${build}`)} is published`;
    case 'up-to-date':
      return `${paint('green', '✓')} ${paint('bold', image?.name ?? recipe)} is what the recipe asks for already`;
    case 'failed':
      return `${paint('red', '✗')} ${paint('bold', `${recipe}-${build}`)} failed in ${failure ? failedIn(failure) : '?'} with ${failure?.error ?? '?'}`;
  }
}

function remains(failure: NonNullable<Manifest['failure']>, failed: Manifest, paint: Paint): string {
  const { undone, left, kept, held, wasted } = failure;
  const list = (title: string, things: string[], nothing: string) =>
    `  ${paint('bold', title.padEnd(9))}${things.length > 0 ? things.join(`\n${' '.repeat(11)}`) : nothing}`;
  const until = (expires: string | null) => (expires === null ? 'without an end' : `until ${expires}`);
  const stays = kept.map(({ ami, region, expires }) => `${ami} in ${region} ${until(expires)}`);
  return [
    ...(held
      ? [
          list(
            'Held',
            heldLines(held, failed).map((line) => line.replace('HELD ', '')),
            '',
          ),
        ]
      : []),
    list('Undone', undone, 'nothing, there was nothing to undo'),
    list('Left', left, held || kept.length > 0 ? 'nothing else' : 'nothing'),
    ...(stays.length > 0 ? [list('Kept', stays, '')] : []),
    ...(wasted ? [list('Wasted', [wastedLine(wasted)], '')] : []),
  ].join('\n');
}

function totalsLine({ simulatedSeconds, wallSeconds, transitions, apiCalls }: Totals): string {
  const times = `${durationOf(Math.round(simulatedSeconds))} simulated in ${wallSeconds.toFixed(1)}s`;
  return `${times} · ${transitions} state transitions · ${apiCalls} API calls`;
}
