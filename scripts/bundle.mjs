// `npm run bundle`: dist/<function>/index.mjs and the chunks that only this function uses, for serverless.yml to zip,
// dist/infrastructure.json, which serverless.yml reads, and dist/region-stack.json. The arguments are those of `npm run package`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

/**
 * The bytes that a function may load at its start. Resolve, ResolvePlan and ResolveRetirement ask EC2 for more than other functions do.
 * Resolve and ResolvePlan also take whole recipes apart and pack the scripts of all kinds of steps, with those that read secrets and find
 * disks. They start once for each build.
 */
const startLimits = { resolve: 555_000, resolvePlan: 570_000, resolveRetirement: 420_000 };

/**
 * Bundles functions, given as key → source file. Sizes are in bytes. A function that loads more than its limit at
 * its start is an error, because every cold start reads that.
 */
export async function bundleFunctions(files, { outdir = join(root, 'dist'), limit = 410_000 } = {}) {
  const sizes = [];
  await withBundler(async (bundle) => {
    for (const [name, file] of Object.entries(files)) {
      const { outputs, start } = await bundle(file);
      mkdirSync(join(outdir, name), { recursive: true });
      for (const [path, contents] of outputs) writeFileSync(join(outdir, name, path), contents);
      const total = outputs.reduce((sum, [, { length }]) => sum + length, 0);
      sizes.push({ name, start, total, files: outputs.length });
    }
  });
  const large = sizes
    .filter(({ name, start }) => start > (startLimits[name] ?? limit))
    .map(({ name, start }) => `${name} ${start}`);
  if (large.length > 0) throw new Error(`functions that load too many bytes at their start: ${large.join(', ')}`);
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
  // what yaml gives to Node is CommonJS, which loads Node's modules in a way that a bundle cannot
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  logLevel: 'warning',
  logOverride: { 'import-is-undefined': 'silent' }, // most modules that are loaded late have no default export
});

/**
 * Bundles one function after another. esbuild keeps the files that it has parsed between the builds of one context, and most files
 * are the same for all functions. This halves the CPU time. esbuild uses all cores for one build, so a second context beside this
 * one would only parse everything again and take another 300 MB.
 */
async function withBundler(use) {
  const [{ context }, { awsSchemas }, { withoutDescriptions }, { nodeBuiltins }, { lateModules }] = await Promise.all([
    import('esbuild'),
    import('./aws-schemas.mjs'),
    import('./without-descriptions.mjs'),
    import('./node-builtins.mjs'),
    import('./late-modules.mjs'),
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
    metafile: true,
    plugins: [entryPoint, nodeBuiltins, lateModules(entry), awsSchemas, withoutDescriptions],
  });
  try {
    await use(async (file) => {
      current = file;
      const { outputFiles, metafile } = await builds.rebuild();
      return { outputs: outputFiles.map(({ path, contents }) => [basename(path), contents]), start: startOf(metafile) };
    });
  } finally {
    await builds.dispose();
  }
}

/** The bytes of index.mjs and of what it imports, which is all that a cold start reads before the handler is called. */
function startOf({ outputs }) {
  const read = new Set();
  const add = (path) => {
    if (read.has(path) || !outputs[path]) return;
    read.add(path);
    for (const { kind, path: next } of outputs[path].imports) if (kind === 'import-statement') add(next);
  };
  add('index.mjs');
  return [...read].reduce((sum, path) => sum + outputs[path].bytes, 0);
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
    console.log(`${'function'.padEnd(20)}${'start kB'.padStart(10)}${'total kB'.padStart(10)}${'files'.padStart(7)}`);
    for (const { name, start, total, files } of sizes) {
      console.log(`${name.padEnd(20)}${kB(start)}${kB(total)}${String(files).padStart(7)}`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
