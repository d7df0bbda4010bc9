import { costLine } from './cost.ts';
import type { Manifest, ManifestFailure, ManifestTarget } from '../build/manifest.ts';
import { targetName } from '../accounts/account-copies.ts';
import type { ManifestAccountCopy } from '../accounts/manifest-copies.ts';
import type { BuildIdentity } from '../tags.ts';
import { targetAdvice } from './failure.ts';
import { wastedLine } from './wasted.ts';

/** One line for each target that the build reached. */
export function targetLines(targets: (ManifestTarget | ManifestAccountCopy)[]): string[] {
  const rows = targets.filter(({ status, ami }) => status !== 'skipped' || ami !== null);
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map((row) => targetName(row).length));
  return [
    'Targets',
    ...rows.map(({ ami, status, error, ...place }) =>
      [`  ${targetName(place).padEnd(width)}`, (ami ?? '-').padEnd(21), status, error?.split('\n')[0]]
        .filter(Boolean)
        .join('  '),
    ),
    ...adviceOn(rows).map((advice) => `  ${' '.repeat(width)}  what to do: ${advice}`),
  ];
}

/** How the build of a variant ended, in the mail about the build of all. */
export function variantLines(variant: Manifest): string[] {
  const { recipe, build, status, failure, image, targets, copiedTo = [], cost } = variant;
  const error = failure && status === 'failed' ? ` in ${failure.state}: ${failure.error}` : '';
  if (status === 'up-to-date') return [`${recipe} was up to date${image ? `: ${image.name}` : ''}`];
  return [
    `${recipe}-${build}: ${status}${error}`,
    ...[
      ...(cost ? [`Cost: ${costLine(cost)}`] : []),
      ...targetLines([...targets, ...copiedTo]),
      ...(failure ? remains(failure, variant) : []),
    ].map((line) => `  ${line}`),
  ];
}

/** What to do about the targets that failed, each piece of advice once. */
function adviceOn(targets: Pick<ManifestTarget, 'error'>[]): string[] {
  const advice = targets.flatMap(({ error }) => (error === null ? [] : (targetAdvice(error) ?? [])));
  return [...new Set(advice)];
}

const mostListed = 20;

/** What a failed build left: first what a person must check, then what is kept and how to go on with it. */
export function remains({ left, kept, undone, wasted }: ManifestFailure, { recipe, build }: BuildIdentity): string[] {
  const list = (title: string, items: string[]) =>
    items.length === 0
      ? []
      : [
          title,
          ...items.slice(0, mostListed).map((item) => `  ${item}`),
          ...(items.length > mostListed ? [`  and ${items.length - mostListed} more, in the manifest`] : []),
        ];
  const stays = kept.map(
    ({ ami, region, expires }) => `${ami} in ${region} ${expires ? `until ${expires}` : 'without an end'}`,
  );
  return [
    ...list('LEFT BEHIND, a person must look at it', left),
    ...list('Kept', stays),
    ...(kept.length > 0 ? [`  to go on with it, start {"recipe": "${recipe}", "build": "${build}"}`] : []),
    ...(wasted ? [`Wasted: ${wastedLine(wasted)}`] : []),
    ...(undone.length > 0 ? [`Undone: ${undone.length}, listed in the manifest`] : []),
  ];
}
