// The files of a deployment beside the bundles: the recipes for the functions that take them, and dist/infrastructure.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readRecipeFolder } from '../cli/recipes/recipe-folder.ts';
import { mostDeployedBytes } from '../core/recipe/steps/carried.ts';
import type { Catalog } from '../core/recipe/types.ts';
import { allFunctions } from '../functions/all.ts';
import { takeRecipes } from '../infrastructure/functions.ts';
import { infrastructureOf } from '../infrastructure/infrastructure.ts';
import { regionStack } from '../infrastructure/triggers/region-stack.ts';
import type { ConfiguredDeployment } from '../infrastructure/settings/deployment.ts';

export { deploymentOf } from '../infrastructure/settings/command-line.ts';

const root = resolve(process.env['GOLDEN_ROOT'] ?? '.');

/** Function key → source file. */
export const functionFiles: Record<string, string> = Object.fromEntries(
  allFunctions.map(({ key, file }) => [key, file]),
);

/**
 * Puts the recipes, as they are in the tree at deployment, beside the functions that take them. So there is no bucket to fill, and
 * recipes and functions always have the same version.
 * @returns the recipes. @throws with all problems of the recipes.
 */
export async function compileRecipes(outdir = join(root, 'dist'), folder = join(root, 'recipes')): Promise<Catalog> {
  const { catalog, problems } = await readRecipeFolder(relative(process.cwd(), folder));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { archives = new Map<string, Uint8Array>(), ...written } = catalog;
  const bytes = [...archives.values()].reduce((sum, { length }) => sum + length, 0);
  if (bytes > mostDeployedBytes)
    throw new Error(
      `the files of all recipes have ${bytes} bytes, and ${mostDeployedBytes} are the most; fetch large files from S3 in a step`,
    );
  for (const name of takeRecipes) {
    mkdirSync(join(outdir, name), { recursive: true });
    writeFileSync(join(outdir, name, 'recipes.json'), JSON.stringify(written));
  }
  // Resolve puts them into the bucket.
  if (archives.size > 0) mkdirSync(join(outdir, 'resolve', 'archives'), { recursive: true });
  for (const [digest, archive] of archives) writeFileSync(join(outdir, 'resolve', 'archives', digest), archive);
  return catalog;
}

/** Writes region-stack.json, the template of `golden regions`, for those who make stacks by other means. */
export const writeRegionStack = (outdir = join(root, 'dist')): void =>
  writeFileSync(join(outdir, 'region-stack.json'), JSON.stringify(regionStack, null, 2));

/**
 * Writes infrastructure.json for one deployment. The stage and the region are keys in the file, so that osls does not package it
 * for another stage or region.
 */
export function writeInfrastructure(
  deployment: ConfiguredDeployment,
  catalog: Catalog,
  outdir = join(root, 'dist'),
): void {
  const { stage, region } = deployment;
  const text = JSON.stringify({ [stage]: { [region]: infrastructureOf(deployment, catalog) } }, null, 2);
  writeFileSync(join(outdir, 'infrastructure.json'), text);
}
