// `npm run bundle`: dist/<function>/index.mjs and the chunks that only this function uses, for serverless.yml to zip,
// dist/infrastructure.json, which serverless.yml reads, and dist/region-stack.json. The arguments are those of `npm run package`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

/**
 * Bundles functions, given as key → source file. Sizes are in bytes. An entry over the limit is an error, because a cold start
 * reads it.
 */
export async function bundleFunctions(files, { outdir = join(root, 'dist'), limit = 130_000 } = {}) {
  const sizes = [];
  await withBundler(async (bundle) => {
    for (const [name, file] of Object.entries(files)) {
      const outputs = await bundle(file);
      mkdirSync(join(outdir, name), { recursive: true });
      for (const [path, contents] of outputs) writeFileSync(join(outdir, name, path), contents);
      const total = outputs.reduce((sum, [, { length }]) => sum + length, 0);
      sizes.push({ name, entry: new Map(outputs).get('index.mjs').length, total, files: outputs.length });
    }
  });
  const large = sizes.filter(({ entry }) => entry > limit).map(({ name, entry }) => `${name} ${entry}`);
  if (large.length > 0) throw new Error(`entries over ${limit} bytes: ${large.join(', ')}`);
  return sizes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
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

/**
 * Bundles one function after another. esbuild keeps the files that it has parsed between the builds of one context, and most files
 * are the same for all functions. This halves the CPU time. esbuild uses all cores for one build, so a second context beside this
 * one would only parse everything again and take another 300 MB.
 */
async function withBundler(use) {
  const [{ context }, { awsSchemas }, { withoutDescriptions }] = await Promise.all([
    import('esbuild'),
    import('./aws-schemas.mjs'),
    import('./without-descriptions.mjs'),
  ]);
  const entry = 'golden:function'; // a context's entry point cannot change, but the file that it stands for can
  let current;
  const entryPoint = {
    name: 'entry-point',
    setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${entry}$`) }, () => ({ path: join(root, current) })),
  };
  const builds = await context({
    ...bundleOptions(entry, root),
    write: false,
    plugins: [entryPoint, awsSchemas, withoutDescriptions],
  });
  try {
    await use(async (file) => {
      current = file;
      const { outputFiles } = await builds.rebuild();
      return outputFiles.map(({ path, contents }) => [basename(path), contents]);
    });
  } finally {
    await builds.dispose();
  }
}

const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(10);

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureInstalled();
  try {
    const files = await importTypeScript(join(root, 'scripts/deployment-files.ts'));
    const deployment = files.deploymentOf(process.argv.slice(2)); // settings that cannot work leave dist/ as it is
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    files.writeInfrastructure(deployment, await files.compileRecipes());
    files.writeRegionStack();
    const sizes = await bundleFunctions(files.functionFiles);
    console.log(`${'function'.padEnd(20)}${'entry kB'.padStart(10)}${'total kB'.padStart(10)}${'files'.padStart(7)}`);
    for (const { name, entry, total, files } of sizes) {
      console.log(`${name.padEnd(20)}${kB(entry)}${kB(total)}${String(files).padStart(7)}`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
