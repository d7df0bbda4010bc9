import { variantsFolder } from '../../core/memory/documents.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { isPublished, type Together } from '../../core/variants/together.ts';
import { differingWholes } from '../../core/variants/whole-moves.ts';
import { listArtifacts, type Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';

/** Builds with images that differ: enough to find one to go back to. */
const enough = 30;

const pageSize = 50;

/** The ids of the builds of all variants of a recipe, newest first. Empty for a recipe without variants. */
async function wholeNames(artifacts: Artifacts, recipe: string): Promise<string[]> {
  const folder = variantsFolder({ recipe });
  const listed = await listArtifacts(artifacts, folder);
  return listed
    .map(({ key }) => key.slice(folder.length).replace(/\.json$/, ''))
    .toSorted()
    .toReversed();
}

/**
 * The builds among some that published all variants, newest first. A start that finds every variant up to date counts as such a build, and
 * there may be hundreds between two builds that made an image. So this reads until it has enough whose images differ.
 */
async function publishedAmong(artifacts: Artifacts, recipe: string, names: string[]): Promise<Together[]> {
  const wholes: Together[] = [];
  for (let from = 0; from < names.length && differingWholes(wholes).length < enough; from += pageSize) {
    const page = names.slice(from, from + pageSize);
    const found = await Promise.all(page.map((name) => readDocument(artifacts, { recipe, build: name }, 'variants')));
    wholes.push(...found.filter((one) => one !== undefined).filter(isPublished));
  }
  return wholes;
}

/**
 * The builds that published all variants of a recipe, newest first, if that is what somebody means by the recipe. A recipe may have
 * had no variants before: then its newest published build decides, or the build that is named. Builds with the same images are one.
 */
export async function publishedWholes(
  artifacts: Artifacts,
  { recipe, build }: { recipe: string; build?: string | undefined },
): Promise<Together[] | undefined> {
  const names = await wholeNames(artifacts, recipe);
  if (names.length === 0) return undefined;
  const newest = await publishedAmong(artifacts, recipe, names);
  const oldest = newest.at(-1)?.build ?? '';
  const older = names.filter((name) => name < oldest && build !== undefined && name <= build);
  const wholes = differingWholes([...newest, ...(await publishedAmong(artifacts, recipe, older))], build);
  const { published } = await readRecord(artifacts, recipe);
  if (!published) return wholes;
  const isWhole = build === undefined ? published.build < (newest[0]?.build ?? '') : names.includes(build);
  return isWhole ? wholes : undefined;
}

/** The variants of a recipe by its newest build. Empty for a recipe without variants, and for one whose variants were never built. */
export async function builtVariants(artifacts: Artifacts, recipe: string): Promise<string[]> {
  const [build] = await wholeNames(artifacts, recipe);
  const newest = build === undefined ? undefined : await readDocument(artifacts, { recipe, build }, 'variants');
  return Object.keys(newest?.variants ?? {});
}

/** The builds of a build's variants, or only the build itself. */
export async function variantBuildsOf(artifacts: Artifacts, whole: BuildIdentity): Promise<BuildIdentity[]> {
  const together = await readDocument(artifacts, whole, 'variants');
  return together ? Object.keys(together.variants).map((recipe) => ({ recipe, build: whole.build })) : [whole];
}
