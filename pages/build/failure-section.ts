import type { PageFailure } from '../../core/report/page/page-of-build.ts';
import { failedIn } from '../../core/report/failure-summary.ts';
import type { Reach } from '../../core/report/page/reach.ts';
import { few, html, type Html, type Section } from '../html.ts';
import { outputText } from '../plain-text.ts';

const mostListed = 100;

/** What failed, what to do, and what became of the things that the build had made. What is left behind comes first. */
export function failureSection(failure: PageFailure, { errors }: Reach, lines: number): Section {
  const { error, cause, means, advice, left, kept, held, again, wasted, undone } = failure;
  const [message = '', ...output] = cause.trimEnd().split('\n');
  const nothing = held.length + kept.length > 0 ? 'nothing else' : 'nothing';
  const content = html` <p class="message">
      <strong class="bad">${error}</strong> in <strong>${failedIn(failure)}</strong>: ${outputText(message, 1)}
    </p>
    ${output.length > 0 && html`<pre>${outputText(output.join('\n'), Math.max(5, lines))}</pre>`}
    ${means && html`<p class="advice">It means: ${means}.<br />What to do: ${advice}.</p>`}
    ${list('Left behind: a person must look at it', left, 'bad')} ${list('Held', held, 'warn')}
    ${list('Kept', kept, 'warn')}
    ${again && html`<p>To go on with it, start build-image with <code>${again}</code>.</p>`}
    ${wasted && html`<p>Wasted: ${wasted}.</p>`} ${list('Undone', undone, '')}
    ${undone.length === 0 && left.length === 0 && html`<p>There was nothing to undo, and ${nothing} is left.</p>`}
    ${undone.length > 0 && left.length === 0 && html`<p>${nothing === 'nothing' ? 'Nothing' : 'Nothing else'} is left behind.</p>`}
    ${errors.length > 0 && html`<p>${errors.length} ${errors.length === 1 ? 'target' : 'targets'} failed: see <a href="#regions">Regions and accounts</a>.</p>`}`;
  return { id: 'failure', title: 'What failed', content };
}

const list = (title: string, things: string[], kind: string): Html | undefined =>
  things.length === 0
    ? undefined
    : html`<h3 class="${kind}">${title}</h3>
        <ul>
          ${few(
            things.map((thing) => outputText(thing, 5)),
            mostListed,
          )}
        </ul>`;
