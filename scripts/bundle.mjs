// `npm run bundle`: dist/<function>/index.mjs and the chunks that only this function uses, for serverless.yml to zip, and
// dist/infrastructure.json, which serverless.yml reads. The arguments are those of `npm run package`.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

const camelCase = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/** Function key → source file. A phase's folder holds only functions; the files directly in functions/ are their shell. */
export function functionFiles() {
  const phases = readdirSync(join(root, 'functions'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const files = phases.flatMap(({ name: phase }) =>
    readdirSync(join(root, 'functions', phase))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [camelCase(name.slice(0, -'.ts'.length)), `functions/${phase}/${name}`]),
  );
  const twice = files.find(([key], index) => files.findIndex(([other]) => other === key) !== index);
  if (twice) throw new Error(`Two files make the function ${twice[0]}; one of them is ${twice[1]}.`);
  return Object.fromEntries(files.toSorted());
}

// esbuild holds a few hundred MB for each bundle that it makes at the same time.
const atOnce = 2;

/**
 * Bundles all functions or some of them. Sizes are in bytes. An entry over the limit is an error, because a cold start reads it.
 */
export async function bundleFunctions({ outdir = join(root, 'dist'), only, limit = 130_000 } = {}) {
  rmSync(outdir, { recursive: true, force: true });
  const chosen = Object.entries(functionFiles()).filter(([name]) => only?.includes(name) ?? true);
  const bundled = async ([name, file]) => {
    const folder = join(outdir, name);
    await bundleHandler(file, folder);
    const bytes = Object.fromEntries(readdirSync(folder).map((path) => [path, statSync(join(folder, path)).size]));
    const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
    return { name, entry: bytes['index.mjs'], total, files: Object.keys(bytes).length };
  };
  const sizes = [];
  for (let next = 0; next < chosen.length; next += atOnce)
    sizes.push(...(await Promise.all(chosen.slice(next, next + atOnce).map(bundled))));
  const large = sizes.filter(({ entry }) => entry > limit).map(({ name, entry }) => `${name} ${entry}`);
  if (large.length > 0) throw new Error(`entries over ${limit} bytes: ${large.join(', ')}`);
  return sizes;
}

/** How esbuild makes `index.mjs` of a TypeScript file for Lambda; the caller adds the plugins. */
export const bundleOptions = (file, outdir) => ({
  absWorkingDir: root,
  entryPoints: [{ in: file, out: 'index' }],
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true, // keeps what the SDK loads lazily (SSO, STS, IMDS credentials) out of the cold start
  format: 'esm',
  platform: 'node',
  target: 'node20', // runs under Lambda's Node 24 and a developer's Node 20
  mainFields: ['module', 'main'], // esbuild's default for node is main first: CommonJS, which does not tree-shake
  minify: true,
  legalComments: 'none',
  // CommonJS dependencies call require(), which an ES module lacks
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  logLevel: 'warning',
});

async function bundleHandler(file, outdir) {
  const [{ build }, { awsSchemas }] = await Promise.all([import('esbuild'), import('./aws-schemas.mjs')]);
  await build({ ...bundleOptions(file, outdir), plugins: [awsSchemas] });
}

/**
 * Puts the recipes, as they are in the tree at deployment, beside the functions that take them: there is no bucket to fill and no
 * version to drift.
 * @returns the recipes.
 */
export async function compileRecipes(outdir = join(root, 'dist'), folder = join(root, 'recipes')) {
  const { readRecipeFolder } = await importTypeScript(join(root, 'cli/recipes/recipe-folder.ts'));
  const { takeRecipes } = await importTypeScript(join(root, 'infrastructure/functions.ts'));
  const { catalog, problems } = await readRecipeFolder(relative(process.cwd(), folder));
  if (problems.length > 0) throw new Error(problems.join('\n'));
  for (const name of takeRecipes) {
    mkdirSync(join(outdir, name), { recursive: true });
    writeFileSync(join(outdir, name, 'recipes.json'), JSON.stringify(catalog));
  }
  return catalog;
}

/**
 * Writes infrastructure.json for one deployment. The stage and the region are keys in it, so that osls does not package it for
 * another stage or region.
 */
export async function writeInfrastructure(args, catalog, outdir = join(root, 'dist'), env = process.env) {
  const { deploymentOf } = await importTypeScript(join(root, 'infrastructure/settings/command-line.ts'));
  const { infrastructureOf } = await importTypeScript(join(root, 'infrastructure/infrastructure.ts'));
  const deployment = deploymentOf(args, env);
  const { stage, region } = deployment;
  const text = JSON.stringify({ [stage]: { [region]: infrastructureOf(deployment, catalog) } }, null, 2);
  writeFileSync(join(outdir, 'infrastructure.json'), text);
}

const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(10);

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureInstalled();
  try {
    const sizes = await bundleFunctions();
    await writeInfrastructure(process.argv.slice(2), await compileRecipes());
    console.log(`${'function'.padEnd(20)}${'entry kB'.padStart(10)}${'total kB'.padStart(10)}${'files'.padStart(7)}`);
    for (const { name, entry, total, files } of sizes) {
      console.log(`${name.padEnd(20)}${kB(entry)}${kB(total)}${String(files).padStart(7)}`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
