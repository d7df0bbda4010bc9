import type { ManifestFailure } from '../build/manifest.ts';
import type { OfVariant } from '../build/identity.ts';
import type { BuildIdentity } from '../tags.ts';
import type { HeldInstance } from '../undo/hold.ts';
import type { KeptImage } from '../undo/kept.ts';
import { wastedLine } from './wasted.ts';

// Step Functions limits a cause to 32,768 characters.
const causeLimit = 30_000;

const keptLine = (kept: KeptImage[], until: string | null): string => {
  const images = kept.filter(({ expires }) => expires === until).map(({ ami, region }) => `${ami} in ${region}`);
  return `kept ${until ? `until ${until}` : 'without an end'}: ${images.join(', ')}`;
};

type Failed = BuildIdentity & OfVariant;

/** The state that failed, and in brackets the step or check that it was about. */
export const failedIn = ({ state, step }: Pick<ManifestFailure, 'state' | 'step'>): string =>
  step === undefined ? state : `${state} ("${step}")`;

/** What a person can do with a held instance. Variants share the id of their build, and none goes on without the others. */
export function heldLines({ role, instance, region, until }: HeldInstance, failed: Failed): string[] {
  const { recipe, build, variantOf } = failed;
  const id = variantOf === undefined ? build : `${recipe}-${build}`;
  const retry = variantOf === undefined ? `golden retry ${id} goes on with it, ` : '';
  return [
    `HELD until ${until}: ${role} ${instance} in ${region}`,
    `golden shell ${id} opens a session on it, ${retry}golden cancel ${id} ends it now`,
  ];
}

/** How to go on after a failure that left something. */
const againLine = ({ recipe, build, variantOf }: Failed): string =>
  variantOf === undefined
    ? `to go on with it, start {"recipe": "${recipe}", "build": "${build}"}`
    : `to build all variants again, start {"recipe": "${variantOf}"}`;

/**
 * The cause that an execution fails with: what failed and where, what was undone, what a person must check, and how to go on with
 * the images that are kept.
 */
export function failureSummary(
  { state, cause, undone, left, kept, held, wasted }: ManifestFailure,
  identity?: Failed,
  meaning?: string,
): string {
  const list = (title: string, items: string[]) => (items.length > 0 ? [`${title}: ${items.join(', ')}`] : []);
  const stays = [...new Set(kept.map(({ expires }) => expires))].map((until) => keptLine(kept, until));
  const again = identity && kept.length > 0 ? [againLine(identity)] : [];
  const hold = held && identity ? heldLines(held, identity) : [];
  const waste = wasted ? [`wasted: ${wastedLine(wasted)}`] : [];
  const outcome = [...list('LEFT BEHIND', left), ...hold, ...stays, ...again, ...waste, ...list('undone', undone)]
    .join('\n')
    .slice(0, causeLimit / 2);
  const what = `${state}: ${cause}${meaning ? `\n(${meaning})` : ''}`.slice(0, causeLimit - outcome.length - 1);
  return outcome ? `${what}\n${outcome}` : what;
}
