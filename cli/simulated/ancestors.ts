import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cycleProblem } from '../../core/launch/lineage.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { placed, type Placed } from '../refusal.ts';
import { examine, type Finding } from '../recipes/recipe-folder.ts';

/** What one start builds: a recipe, or all variants of one. */
export interface Bake {
  /** The name to start. */
  name: string;
  recipes: Recipe[];
  /** The recipe that starts from a channel of this one. Absent for what the command line names. */
  heir?: Recipe | undefined;
}

/** The recipes whose channels a recipe starts from, in build order. A new simulation has no images, so they are built first. */
export async function ancestorsOf(bake: Bake, folder: string, region: string, problems: Placed[]): Promise<Bake[]> {
  const ancestors: Bake[] = [];
  const visit = async ({ name: child, recipes }: Bake, way: string[]): Promise<void> => {
    for (const heir of recipes) {
      if (heir.source.channel === undefined) continue;
      const parent = await parentOf({ child, heir }, [...way, child], folder, region, problems);
      if (!parent || ancestors.some(({ name }) => name === parent.name)) continue;
      await visit(parent, [...way, child]);
      ancestors.push(parent);
    }
  };
  await visit(bake, []);
  return ancestors;
}

/** What publishes the channel that a recipe starts from. Adds a problem if nothing in the folder does. */
async function parentOf(
  { child, heir }: { child: string; heir: Recipe },
  way: string[],
  folder: string,
  region: string,
  problems: Placed[],
): Promise<Bake | undefined> {
  const reference = heir.source.channel ?? '';
  const [name = '', channel] = reference.split('/');
  const refuse = (message: string) =>
    void problems.push({ path: ['source', 'channel'], message, place: { file: join(folder, `${child}.yaml`) } });
  const finding = await findingOf(name, folder, region);
  const known = finding?.file.name ?? name;
  if (way.includes(known)) {
    refuse(cycleProblem(way.slice(way.indexOf(known))));
    return undefined;
  }
  if (!finding) {
    const file = join(folder, `${name}.yaml`);
    refuse(`a simulation starts without channels, and there is no ${file} to publish ${reference}`);
    return undefined;
  }
  if (finding.recipes.length === 0) {
    problems.push(...placed(finding.problems, (path) => finding.file.locate(path)));
    return undefined;
  }
  if (finding.recipes.find((one) => one.name === name)?.publish?.channel !== channel) {
    refuse(`${finding.file.file} does not publish ${reference}`);
    return undefined;
  }
  return { name: known, recipes: finding.recipes, heir };
}

/** The file of a recipe: its own, or that of the recipe whose variant it is. */
async function findingOf(name: string, folder: string, region: string): Promise<Finding | undefined> {
  const begins = [name, ...[...name.matchAll(/-/g)].map(({ index }) => name.slice(0, index)).toReversed()];
  for (const begin of begins) {
    const file = join(folder, `${begin}.yaml`);
    if (!existsSync(file)) continue;
    const [finding] = await examine([file], { home: region });
    if (begin === name || finding?.recipes.some((one) => one.name === name)) return finding;
  }
  return undefined;
}
