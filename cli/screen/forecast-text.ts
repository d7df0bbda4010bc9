import { targetName } from '../../core/accounts/account-copies.ts';
import { durationOf } from '../../core/duration.ts';
import type { ForeseenBuild, Forecast } from '../../core/forecast/forecast.ts';
import { costLine } from '../../core/report/cost.ts';
import { valuesInWords } from '../../core/recipe/parameters/values.ts';
import { problemLines, type Placed } from '../refusal.ts';
import { columns, type Cell } from './columns.ts';
import { sharedWith } from './target-table.ts';
import { fold, painter, type Terminal } from './terminal.ts';

/** What a build would do, for people: the image, its targets, time and cost, then notes and all problems. */
export function forecastText(
  recipe: string,
  { status, problems, notes, because, current, would }: Omit<Forecast, 'problems'> & { problems: Placed[] },
  terminal: Pick<Terminal, 'columns' | 'colour'>,
): string {
  const paint = painter(terminal);
  const wrapped = (text: string, indent: string, first = indent) =>
    fold(text, terminal.columns - indent.length).map((line, at) => `${at === 0 ? first : indent}${line}`);
  const parts: string[] = [];
  if (would) parts.push(buildText(recipe, would, paint, wrapped), targetsText(would, terminal), timeText(would, paint));
  for (const note of notes) parts.push(wrapped(note, ' '.repeat(9), `  ${paint('yellow', 'Note')}   `).join('\n'));
  if (problems.length > 0) parts.push(problemLines(problems).replaceAll(/^/gm, '  '));
  const verdicts = {
    ready: `${paint('green', '✓')} nothing would stop a build${because === undefined ? '' : `; it would build, because ${because}`}`,
    'up-to-date': `${paint('green', '✓')} a start would build nothing: ${current} is what the recipe asks for`,
    refused: `${paint('red', '✗')} ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}; a build would fail`,
  };
  parts.push([...wrapped(verdicts[status], '    ', '  '), `  ${paint('dim', 'Nothing was made.')}`].join('\n'));
  return `\n${parts.join('\n\n')}\n\n`;
}

type Paint = ReturnType<typeof painter>;

function buildText(
  recipe: string,
  { region, source, instanceTypes, network, provision, checks, parameters, skipped = [] }: ForeseenBuild,
  paint: Paint,
  wrapped: (text: string, indent: string, first?: string) => string[],
): string {
  const rows = [
    ['from', `${source.ami} ${source.name} (${source.architecture}, owner ${source.owner})`],
    ['on', `${instanceTypes.join(' or ')} in ${region}`],
    ...(network ? [['in', [...network.subnets, ...network.securityGroups].join(', ')]] : []),
    ...(parameters ? [['with', valuesInWords(parameters)]] : []),
    ['steps', provision.join(', ') || 'none'],
    ['checks', checks.join(', ') || 'none'],
    ...skipped.map(({ list, name, because }) => ['skips', `${list} "${name}": ${because}`]),
  ];
  return [
    `  ${paint('bold', recipe)}`,
    ...rows.flatMap(([key = '', value = '']) => wrapped(value, ' '.repeat(10), `  ${paint('dim', key.padEnd(6))}  `)),
  ].join('\n');
}

function targetsText({ targets, copiedTo = [] }: ForeseenBuild, terminal: Pick<Terminal, 'colour'>): string {
  const rows = [...targets, ...copiedTo].flatMap((target) =>
    sharedWith(target).map((who, index): Cell[] => [
      { text: index === 0 ? targetName(target) : '' },
      { text: index === 0 ? (target.kmsKey ?? '–') : '' },
      { text: who },
      { text: index === 0 ? (target.parameter ?? '–') : '' },
      { text: index === 0 ? (target.required ? 'yes' : 'no') : '' },
    ]),
  );
  return columns(['Region', 'Key', 'Shared with', 'Parameter', 'Required'], rows, terminal);
}

function timeText({ seconds, timedBy, cost, secondCopies = 0 }: ForeseenBuild, paint: Paint): string {
  const basis = timedBy === undefined ? 'as long as AWS usually takes' : `as the build ${timedBy} did`;
  const lines = [`it takes about ${durationOf(seconds)}, ${basis}`];
  if (cost) lines.push(`it costs ${costLine(cost)}`);
  if (secondCopies > 0) lines.push(`$${secondCopies.toFixed(2)} of it only if slow copies get second ones beside them`);
  return lines.map((line) => `  ${paint('dim', line)}`).join('\n');
}
