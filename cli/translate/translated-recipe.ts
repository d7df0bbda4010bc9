import { Document } from 'yaml';
import { formatRecipe } from '../authoring/format-recipe.ts';
import { asWritten, type Draft } from './draft.ts';
import { commentsFor, type TranslationNote } from './notes.ts';

/** A draft as a recipe file, with a comment for everything that could not be translated. */
export async function recipeText(draft: Draft, notes: TranslationNote[], schema: string): Promise<string> {
  const { regions, home: _, sharing, provision, checks, image, retire, ...others } = draft;
  const distribute = [...regions].map(([region, target]) => ({ region, ...sharing, ...target }));
  const recipe = {
    ...others,
    ...(provision.length > 0 && { provision: named(provision) }),
    ...(checks.length > 0 && { checks: named(checks) }),
    ...(Object.keys(image).length > 0 && { image }),
    distribute,
    publish: { channel: 'stable' },
    ...(retire && { retire }),
  };
  const yaml = new Document(recipe, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
  const text = `# yaml-language-server: $schema=${schema}\n${commentsFor(notes)}${yaml}`;
  return (await formatRecipe(text)) ?? text;
}

/** Gives a second step of one name a number, because names of steps are unique. */
function named(steps: Record<string, unknown>[]): Record<string, unknown>[] {
  const seen = new Map<unknown, number>();
  return steps.map((step) => {
    const { name } = step;
    if (name === undefined) return step;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times > 1 ? { ...step, name: `${asWritten(name)} ${times}` } : step;
  });
}
