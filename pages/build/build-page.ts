import type { PageOfBuild } from '../../core/report/page/page-of-build.ts';
import type { Verdict } from '../../core/report/page/verdict.ts';
import { pageDocument } from '../document.ts';
import { html, type Html } from '../html.ts';
import { outputText } from '../plain-text.ts';
import { changesSection } from './changes-section.ts';
import { commandsSection } from './commands-section.ts';
import { costSection } from './cost-section.ts';
import { failureSection } from './failure-section.ts';
import { reachSection } from './reach-section.ts';
import { sourceSection } from './source-section.ts';
import { timelineSection } from './timeline-section.ts';
import { variantsSection } from './variants-section.ts';

const kinds: Record<Verdict, 'good' | 'warn' | 'bad'> = {
  published: 'good',
  partly: 'warn',
  failed: 'bad',
  'up-to-date': 'good',
};

/** A page of this size opens at once, and a mail can carry it. */
export const mostBytes = 300_000;

/** The lines of each output, less and less until the page is small enough. */
const linesOfOutput = [40, 10, 3, 0];

/** The page of a build as one file of HTML. */
export function buildPage(page: PageOfBuild): string {
  const tries = linesOfOutput.map((lines) => () => withLines(page, lines));
  let made = '';
  for (const make of tries) {
    made = make();
    if (Buffer.byteLength(made) < mostBytes) return made;
  }
  return made;
}

function withLines(page: PageOfBuild, lines: number): string {
  const { recipe, build, verdict, says, facts, notes } = page;
  const commands = [
    commandsSection('Steps', page.steps, page.skipped, lines),
    commandsSection('Checks', page.checks, page.skipped, lines),
  ];
  const timeline = page.timeline && timelineSection(page.timeline);
  const changes = page.changes && changesSection(page.changes);
  const reach = page.reach.rows.length > 0 ? reachSection(page.reach) : undefined;
  const ofOne =
    verdict === 'failed' ? [...commands, timeline, reach, changes] : [changes, timeline, reach, ...commands];
  // A build of several variants has no steps and no image of its own.
  const story = page.variants.length > 0 ? [variantsSection(page.variants), timeline] : ofOne;
  const about = opening(facts, notes, page.links);
  const failure = page.failure && failureSection(page.failure, page.reach, lines);
  const sections = [
    // A failure comes first.
    ...(failure ? [failure, { id: 'about', title: 'The build', content: about }] : []),
    ...story,
    page.source ? sourceSection(page.source, page.ancestors, page.packages) : undefined,
    page.cost && costSection(page.cost),
  ].filter((one) => one !== undefined);
  return pageDocument({
    title: `${recipe} ${build}`,
    kicker: 'Golden image build',
    heading: html`${recipe} <span class="id">${build}</span>`,
    verdict: { says, kind: kinds[verdict] },
    ...(!failure && { opening: about }),
    sections,
    footer: `Estimates are upper bounds in US dollars. Times are UTC. golden report ${build} makes this page anew.`,
  });
}

function opening(facts: PageOfBuild['facts'], notes: string[], links: PageOfBuild['links']): Html {
  return html` <dl>
      ${facts.map(
        ([title, value]) =>
          html`<dt>${title}</dt>
            <dd>${value}</dd>`,
      )}
      ${links.map(
        ({ title, text, href }) =>
          html`<dt>${title}</dt>
            <dd class="id">${href ? html`<a href="${href}">${text}</a>` : text}</dd>`,
      )}
    </dl>
    ${notes.map((note) => html`<p class="advice"><span class="warn">Note</span> ${outputText(note, 10)}</p>`)}`;
}
