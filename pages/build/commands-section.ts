import { durationOf } from '../../core/duration.ts';
import type { SkippedStep } from '../../core/guest/steps/applicable-steps.ts';
import type { CommandRun } from '../../core/report/page/commands-run.ts';
import type { CommandOutput, OutputEnd } from '../../core/report/page/facts.ts';
import { html, numberTitle, table, type Html, type Section } from '../html.ts';
import { outputText } from '../plain-text.ts';

const outcomes = {
  done: html`<span class="good"><span class="mark" aria-hidden="true">✓</span>done</span>`,
  failed: html`<span class="bad"><span class="mark" aria-hidden="true">✗</span>failed</span>`,
  'went on': html`<span class="warn"><span class="mark" aria-hidden="true">!</span>failed, went on</span>`,
  'not run': '',
};

/** The steps or the checks, each with the end of its output. Those that did not run are one sentence. */
export function commandsSection(
  title: 'Steps' | 'Checks',
  runs: CommandRun[],
  skipped: SkippedStep[],
  lines: number,
): Section | undefined {
  const own = skipped.filter(({ list }) => list === (title === 'Steps' ? 'provision' : 'checks'));
  if (runs.length + own.length === 0) return undefined;
  const [ran, others] = [true, false].map((is) => runs.filter(({ outcome }) => (outcome !== 'not run') === is));
  const content = html` ${
    ran &&
    ran.length > 0 &&
    table(
      title,
      ['Name', 'Outcome', numberTitle('Took')],
      ran.map((run) => row(run, lines)),
      'runs',
    )
  }
  ${others && others.length > 0 && html`<p class="faint">Not run: ${others.map(({ name }) => name).join(', ')}.</p>`}
  ${own.map(({ name, because }) => html`<p class="faint">Does not apply: ${name}, ${because}.</p>`)}`;
  return { id: title.toLowerCase(), title, content };
}

/** Most steps are scripts. Another document is worth a word. */
const documentOf = (document: string) =>
  /^AWS-Run(Power)?ShellScript$/.test(document) ? undefined : html` <span class="faint">${document}</span>`;

const row = ({ name, document, outcome, attempts, seconds, outputs }: CommandRun, lines: number): Html => html`
<tr${outputs.length > 0 && html` class="first"`}><th scope="row">${name}${documentOf(document)}</th><td>${outcomes[outcome]}${attempts > 1 && html` <span class="faint">in ${attempts} attempts</span>`}</td>
<td class="number">${seconds === null ? '' : durationOf(Math.round(seconds))}</td></tr>
${
  outputs.length > 0 &&
  html`<tr class="output">
    <td colspan="3">${outputs.map((output) => ofCommand(output, /failed|went on/.test(outcome), lines))}</td>
  </tr>`
}`;

function ofCommand({ stdout, stderr }: CommandOutput, failed: boolean, lines: number): Html {
  const streams = [
    ['stderr', stderr],
    ['stdout', stdout],
  ] as const;
  return html`${streams.map(([name, output]) => output && ofStream(name, output, failed, lines))}`;
}

const size = (bytes: number) => (bytes < 1000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`);

const ofStream = (name: string, { text, bytes }: OutputEnd, failed: boolean, most: number): Html =>
  most === 0
    ? html`<div>${name}, ${size(bytes)}</div>`
    : html`<details${failed && html` open=""`}><summary>${name}, ${size(bytes)}</summary>
<pre>${outputText(text, most)}</pre></details>`;
