import { answersOf, updatesOf } from '../../proof/month/answers.ts';
import type { History } from '../../proof/month/history.ts';
import { timeOf, type Invariant } from '../../proof/month/invariants.ts';
import { columns } from '../screen/columns.ts';
import { fold, painter, type Terminal } from '../screen/terminal.ts';

/** The result of the simulated days for one recipe. */
interface RecipeSummary {
  recipe: string;
  /** The number of newer source images; for a recipe on another recipe's channel, of images published there. */
  sourceUpdates: number;
  builds: number;
  published: number;
  upToDate: number;
  /** Builds that failed; one more if looks at its source found none that it can start from. */
  failed: number;
  /** How often the recipe was not started, by reason. */
  skipped: Record<string, number>;
  /** Seconds from an update to the publication; null if nothing was updated. */
  worstSeconds: number | null;
  /** Estimated cost of all builds; `unpriced` counts builds without an estimate. */
  usd: number;
  unpriced: number;
}

/** How often each recipe was not started, by reason. Recipes with variants are among them: they start, and their variants are built. */
export function skipsOf({ starts }: Pick<History, 'starts'>): Record<string, Record<string, number>> {
  const skips: Record<string, Record<string, number>> = {};
  for (const { recipe, skipped } of starts)
    if (skipped !== undefined) {
      const own = (skips[recipe] ??= {});
      own[skipped] = (own[skipped] ?? 0) + 1;
    }
  return skips;
}

export function summariesOf(history: History): RecipeSummary[] {
  const answers = answersOf(history);
  const skips = skipsOf(history);
  return history.recipes.map((recipe): RecipeSummary => {
    const { name } = recipe;
    const builds = history.builds.filter((build) => build.recipe === name);
    const count = (status: string) => builds.filter((build) => build.status === status).length;
    const seconds = answers.flatMap(({ update, seconds: took }) =>
      update.recipe === name && !update.first && took !== undefined ? [took] : [],
    );
    return {
      recipe: name,
      sourceUpdates: updatesOf(recipe, history).filter(({ first }) => !first).length,
      builds: builds.length,
      published: count('published'),
      upToDate: count('up-to-date'),
      failed: count('failed') + (history.sourceless.some((one) => one.recipe === name) ? 1 : 0),
      skipped: skips[name] ?? {},
      worstSeconds: seconds.length > 0 ? Math.max(...seconds) : null,
      usd: Math.round(builds.reduce((sum, { usd }) => sum + (usd ?? 0), 0) * 1e6) / 1e6,
      unpriced: builds.filter(({ usd, status }) => usd === null && status !== 'up-to-date').length,
    };
  });
}

const titles = ['Recipe', 'Updates', 'Builds', 'Published', 'Up to date', 'Failed', 'Worst', 'Cost'];

export const cost = (usd: number, unpriced: number): string =>
  `$${usd.toFixed(2)}${unpriced > 0 ? ` and ${unpriced} unknown` : ''}`;

/** One row for each recipe; below them the skipped starts with reasons. */
export function summaryTable(
  summaries: RecipeSummary[],
  skipped: ReturnType<typeof skipsOf>,
  terminal: Pick<Terminal, 'columns' | 'colour'>,
): string {
  const rows = summaries.map((one) => [
    { text: one.recipe },
    { text: `${one.sourceUpdates}` },
    { text: `${one.builds}` },
    { text: `${one.published}` },
    { text: `${one.upToDate}` },
    one.failed > 0 ? { text: `${one.failed}`, style: 'red' as const } : { text: '0' },
    { text: one.worstSeconds === null ? '–' : timeOf(one.worstSeconds) },
    { text: cost(one.usd, one.unpriced) },
  ]);
  const skips = Object.entries(skipped).map(([recipe, times]) => {
    const reasons = Object.entries(times).map(([why, often]) => `${often} × ${why}`);
    return `${recipe} ${reasons.join(', ')}`;
  });
  const lines = skips.length > 0 ? indented(`skipped: ${skips.join('; ')}`, terminal.columns, '  ', '    ') : [];
  return [columns(titles, rows, terminal), ...lines.map((line) => painter(terminal)('dim', line))].join('\n');
}

const indented = (text: string, width: number, first: string, others: string) =>
  fold(text, width - others.length - 1).map((line, index) => `${index === 0 ? first : others}${line}`);

/** Whether each promise was kept, and every violation. */
export function verdicts(invariants: Invariant[], terminal: Pick<Terminal, 'columns' | 'colour'>): string {
  const paint = painter(terminal);
  return invariants
    .flatMap(({ says, violations, held }) => {
      const [style, mark] =
        violations.length > 0
          ? (['red', '✗'] as const)
          : held.length > 0
            ? (['yellow', '!'] as const)
            : (['green', '✓'] as const);
      const below = (texts: string[], colour: 'red' | 'yellow') =>
        texts.flatMap((text) =>
          indented(text, terminal.columns, '      ', '        ').map((line) => paint(colour, line)),
        );
      const [head = '', ...rest] = indented(says, terminal.columns, '', '    ');
      return [`  ${paint(style, mark)} ${head}`, ...rest, ...below(violations, 'red'), ...below(held, 'yellow')];
    })
    .join('\n');
}
