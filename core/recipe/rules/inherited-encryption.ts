import { encryptionIn, unshareable, type Encryption, type EncryptionFacts } from '../../launch/encryption.ts';
import { parentOf } from '../../launch/lineage.ts';
import type { Recipe } from '../types.ts';
import { isShared, unshareableProblem } from './distribution-rules.ts';
import type { Problem } from '../problems.ts';

const factsOf = ({ builder, distribute }: Recipe, home: string): EncryptionFacts => ({
  home,
  builder,
  targets: [...distribute.entries()],
});

/** The encrypted disks of a recipe's source image, if another recipe makes that image. */
function parentEncryption(
  recipe: Recipe,
  recipes: ReadonlyMap<string, Recipe>,
  home: string,
  below: string[] = [],
): Pick<Encryption, 'key' | 'because'>[] {
  const parent = recipes.get(parentOf(recipe) ?? '');
  if (!parent || below.includes(parent.name)) return [];
  const source = parentEncryption(parent, recipes, home, [...below, recipe.name]);
  return encryptionIn({ region: home }, { ...factsOf(parent, home), source }).map(({ key, because }) => ({
    key,
    because: `its source ${recipe.source.channel} is encrypted (${because})`,
  }));
}

/**
 * Problems with sharing an image that is encrypted only because its parent's image is. The other sharing problems are found by
 * the rules.
 */
export function inheritedEncryptionProblems(
  recipe: Recipe,
  recipes: ReadonlyMap<string, Recipe>,
  home: string,
): Problem[] {
  const source = parentEncryption(recipe, recipes, home);
  if (source.length === 0) return [];
  const facts = { ...factsOf(recipe, home), source };
  return recipe.distribute.flatMap((target, index) => {
    if (!isShared(target) || unshareable(target, { ...facts, source: [] })) return [];
    const found = unshareable(target, facts);
    if (!found) return [];
    const [path, message] = unshareableProblem(index, target, found);
    return [{ path, message }];
  });
}
