import { scaleUtc } from 'd3-scale';
import { durationOf } from '../../core/duration.ts';
import {
  coveredSeconds,
  type Lane,
  type Spent,
  type Timeline,
  type StateVisit,
} from '../../core/report/page/timeline.ts';
import { html, type Html, type Section } from '../html.ts';
import { percent, tickLines, type Tick } from '../ticks.ts';

const words: Record<Spent, string> = {
  commands: 'steps and checks run',
  waiting: 'waiting for AWS',
  working: 'the pipeline works',
};

const mostLanes = 150;

const took = (seconds: number) => (seconds < 1 ? '< 1s' : durationOf(Math.round(seconds)));

/** When what was done, with regions side by side. */
export function timelineSection({ lanes, seconds, spent }: Timeline): Section {
  const scale = scaleUtc()
    .domain([0, Math.max(1, seconds) * 1000])
    .range([0, 100]);
  const ticks = scale.ticks(6).map((at) => ({ x: scale(at), says: took(at.getTime() / 1000) }));
  const shown = lanes.slice(0, mostLanes);
  const at = (second: number) => scale(second * 1000);
  const content = html` ${legend(spent, seconds)} ${tickLines('ticks', ticks)}
    <table class="lanes">
      <caption>
        The states of the build by what they are about, each with its time
      </caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">What</span></th>
          <th scope="col">${axis(ticks)}</th>
          <th scope="col" class="number">Took</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((lane, index) => [groupRow(lane, shown[index - 1]), row(lane, at)])}
      </tbody>
    </table>
    ${lanes.length > shown.length && html`<p class="faint">and ${lanes.length - shown.length} more rows, with their times in the manifest</p>`}`;
  return { id: 'timeline', title: 'Timeline', content };
}

function legend(spent: Timeline['spent'], whole: number): Html {
  const kinds = Object.entries(spent) as [Spent, number][];
  let from = 0;
  const parts = kinds.map(([kind, seconds]) => {
    const part = { kind, x: from, width: (100 * seconds) / Math.max(1, whole) };
    from += part.width;
    return part;
  });
  return html` <svg class="share" aria-hidden="true" focusable="false">
      ${parts.map(({ kind, x, width }) => html`<rect class="${kind}" x="${percent(x)}" width="${percent(width)}" height="10" />`)}
    </svg>
    <ul class="legend">
      ${kinds.map(
        ([kind, seconds]) =>
          html`<li>
            <svg aria-hidden="true" focusable="false"><rect class="${kind}" width="14" height="14" /></svg
            >${words[kind]}: ${took(seconds)}, ${Math.round((100 * seconds) / Math.max(1, whole))} %
          </li>`,
      )}
    </ul>`;
}

const axis = (ticks: Tick[]): Html =>
  html` <span class="hidden">When</span
    ><svg aria-hidden="true" focusable="false">
      ${ticks
        .filter(({ x }) => x < 96)
        .map(
          ({ x, says }, index) =>
            html`<text${index % 2 === 1 && html` class="extra"`} x="${percent(x)}" y="14"${index > 0 && html` text-anchor="middle"`}>${index > 0 ? says : '0'}</text>`,
        )}
    </svg>`;

const groupRow = ({ group }: Lane, before: Lane | undefined): Html | undefined =>
  group === before?.group
    ? undefined
    : html`<tr>
        <th class="group" scope="colgroup" colspan="3">${group}</th>
      </tr>`;

function row({ name, visits }: Lane, at: (second: number) => number): Html {
  const failed = visits.some((visit) => visit.failed);
  return html`<tr>
    <th scope="row" ${failed && html` class="bad"`}>${name}</th>
    <td>
      <svg role="img" aria-label="${visits.map(saying).join('; ')}">
        <use href="#ticks" />
        ${visits.map((visit) => bar(visit, at))}
      </svg>
    </td>
    <td class="number">${took(coveredSeconds(visits))}</td>
  </tr>`;
}

const saying = ({ state, from, to, failed }: StateVisit) =>
  `${state} ${failed ? 'failed after' : 'took'} ${took(to - from)}, from ${took(from)} on`;

const bar = (visit: StateVisit, at: (second: number) => number): Html => {
  const [x, end] = [at(visit.from), at(visit.to)];
  const kind = visit.failed ? 'failed' : visit.spent;
  return html`<rect
    class="${kind}"
    x="${percent(Math.min(x, 99.6))}"
    y="4"
    width="${percent(Math.max(0.4, end - x))}"
    height="12"
    ><title>${saying(visit)}</title></rect
  >`;
};
