import type { ManifestFailure } from '../build/manifest.ts';
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

/** What a person can do with a held instance. */
export const heldLines = ({ role, instance, region, until }: HeldInstance, { build }: BuildIdentity): string[] => [
  `HELD until ${until}: ${role} ${instance} in ${region}`,
  `golden shell ${build} opens a session on it, golden retry ${build} goes on with it, golden cancel ${build} ends it now`,
];

/**
 * The cause that an execution fails with: what failed and where, what was undone, what a person must check, and how to go on with
 * the images that are kept.
 */
export function failureSummary(
  { state, cause, undone, left, kept, held, wasted }: ManifestFailure,
  identity?: BuildIdentity,
  meaning?: string,
): string {
  const list = (title: string, items: string[]) => (items.length > 0 ? [`${title}: ${items.join(', ')}`] : []);
  const stays = [...new Set(kept.map(({ expires }) => expires))].map((until) => keptLine(kept, until));
  const again =
    identity && kept.length > 0
      ? [`to go on with it, start {"recipe": "${identity.recipe}", "build": "${identity.build}"}`]
      : [];
  const hold = held && identity ? heldLines(held, identity) : [];
  const waste = wasted ? [`wasted: ${wastedLine(wasted)}`] : [];
  const outcome = [...list('LEFT BEHIND', left), ...hold, ...stays, ...again, ...waste, ...list('undone', undone)]
    .join('\n')
    .slice(0, causeLimit / 2);
  const what = `${state}: ${cause}${meaning ? `\n(${meaning})` : ''}`.slice(0, causeLimit - outcome.length - 1);
  return outcome ? `${what}\n${outcome}` : what;
}
