import { isRecipeName } from '../../core/recipe-name.ts';
import type { FilePlace, Path } from '../../core/recipe/recipe.ts';
import { missingIn } from '../../core/variants/variants.ts';
import { placed, problemLines } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import { examine } from './recipe-folder.ts';
import type { StartValues } from './start-values.ts';

/** The recipe that a command line names. */
interface WantedRecipe {
  name: string;
  /** Its document, or its name if it is deployed. */
  recipe: unknown;
  /** The texts of its scripts, if it is a file. */
  scripts: Record<string, string>;
  locate: (path: Path) => FilePlace;
}

/**
 * Reads the recipe that a command line names. A name means the deployed recipe, even if such a file exists.
 * @param overrides The file may have errors in places that overrides replace, so the pipeline then checks both together.
 */
export async function wantedRecipe(
  wanted: string,
  { overrides, parameters, home }: StartValues & { home: string },
): Promise<WantedRecipe> {
  if (!isRecipeFile(wanted)) {
    if (isRecipeName(wanted)) return { name: wanted, recipe: wanted, scripts: {}, locate: () => ({}) };
    throw new Refusal(`${wanted}: is not the name of a recipe; a file is named with its folder or with .yaml`);
  }
  const [finding] = await examine([wanted], { home, parameters });
  if (!finding) throw new Refusal(`${wanted}: cannot be read`);
  const { file } = finding;
  const wrong = [...finding.problems, ...missingIn(finding.read)];
  const problems = placed(overrides ? file.problems : wrong, (path) => file.locate(path));
  if (problems.length > 0) throw new Refusal(problemLines(problems), { problems });
  return { name: file.name, recipe: file.document, scripts: file.scripts, locate: file.locate };
}

export const isRecipeFile = (wanted: string): boolean => /[/\\]|\.ya?ml$/.test(wanted);
