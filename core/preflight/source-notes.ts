import type { Recipe } from '../recipe/types.ts';
import type { Problem } from '../recipe/recipe.ts';
import { isImported } from '../launch/registrable.ts';
import type { SourceImage } from '../launch/source.ts';
import { agentNotes } from './agent.ts';

/** Accounts from which only Amazon publishes images: Amazon Linux and Windows. */
const amazons = ['137112412989', '801119661308'];

/** Notes for the user about a source image that a build can start from. */
export function sourceNotes(recipe: Recipe, source: SourceImage, now: Date): Problem[] {
  const { ami, name, owner, deprecatedAt, allowed, region } = source;
  const notes: Problem[] = [];
  if (deprecatedAt !== undefined && new Date(deprecatedAt) <= now) {
    const message = `${ami} "${name}" in ${region} was deprecated on ${deprecatedAt.slice(0, 10)}; its owner may have a successor under another name`;
    notes.push({ path: ['source'], message });
  }
  if (allowed === false) {
    const message = `${ami} "${name}" is not within the Allowed AMIs of the account in ${region}, which are in audit mode; once they are enabled, EC2 hides the image`;
    notes.push({ path: ['source'], message });
  }
  if (recipe.source.filter && recipe.source.owner === 'amazon' && !amazons.includes(owner)) {
    const message = `amazon also stands for verified partners of Amazon, and ${ami} "${name}" belongs to ${owner}; name that account id to accept only its images`;
    notes.push({ path: ['source', 'owner'], message });
  }
  if (recipe.source.disk) {
    const size = isImported(recipe) ? '. Its size is known only when EC2 has imported it' : '';
    const message = `${ami} is registered as it is: no step runs, and nothing on it is sanitized. EC2 knows no source of the image${size}`;
    notes.push({ path: ['source', 'disk'], message });
  }
  if (recipe.image.register) {
    const message = `EC2 will not know that the image was made from ${ami} "${name}": its ancestry starts anew. The build's manifest and tags keep the line, and golden inspect shows it`;
    notes.push({ path: ['image', 'register'], message });
  }
  return [...notes, ...agentNotes(recipe, source)];
}
