// `node scripts/run.mjs FILE.ts [args]`: runs TypeScript on Node 20, which cannot do so by itself. The file is bundled with all
// its imports, including the SDK: reading the SDK's 2,000 modules one by one would take seconds. The bundle is kept until one of
// the project's files in it, the lock file or this script changes.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, lockHash, root } from './setup.mjs';

const cache = join(root, 'node_modules/.cache/golden');
const builders = ['run.mjs', 'aws-schemas.mjs'].map((name) => join(root, 'scripts', name));
const day = 24 * 60 * 60 * 1000;

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Runs a TypeScript program in this process, as if Node had been started with it. */
export async function run(file, args) {
  await ensureInstalled();
  process.argv.splice(1, Infinity, file, ...args);
  process.setSourceMapsEnabled(true);
  await importTypeScript(file);
}

/** The module of a TypeScript file. Packages must be installed. */
export async function importTypeScript(file) {
  process.env.GOLDEN_ROOT ??= root; // import.meta.url says nothing about the tree inside a bundle
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const entry = resolve(file);
  if (!existsSync(entry)) throw new Error(`There is no ${file}.`);
  return import(pathToFileURL(fresh(entry) ?? (await bundle(entry))).href);
}

const indexOf = (entry) => join(cache, `${sha256(entry).slice(0, 16)}.json`);
const toolHash = () => sha256(lockHash(), ...builders.map((path) => readFileSync(path)));

function seen(path) {
  const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return `${mtimeMs} ${size}`;
}

function fresh(entry) {
  try {
    const { tool, inputs, output } = JSON.parse(readFileSync(indexOf(entry), 'utf8'));
    const current =
      tool === toolHash() && Object.entries(inputs).every(([path, was]) => seen(join(root, path)) === was);
    return current && existsSync(join(cache, output)) ? join(cache, output) : undefined;
  } catch {
    return undefined; // no index yet, or one that a killed process left half written
  }
}

async function bundle(entry) {
  const [{ build }, { awsSchemas }] = await Promise.all([import('esbuild'), import('./aws-schemas.mjs')]);
  const startedAt = Date.now();
  const building = join(cache, `building-${process.pid}`);
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: 'index' }],
    outdir: building,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    write: false,
    plugins: [awsSchemas],
    banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
    logLevel: 'warning',
  });

  // The content determines the folder's name, so that a running program keeps the chunks it has yet to load
  const folder = join(cache, sha256(...outputFiles.map(({ contents }) => contents)).slice(0, 16));
  if (!existsSync(folder)) {
    mkdirSync(building, { recursive: true });
    for (const { path, contents } of outputFiles) writeFileSync(path, contents);
    try {
      renameSync(building, folder);
    } catch {
      rmSync(building, { recursive: true, force: true }); // another process was faster
    }
  }
  const files = Object.keys(metafile.inputs).filter((path) => !path.includes('node_modules'));
  // A folder changes when a file is added to it: functions/all.ts imports all files of a folder.
  const inputs = [...files, ...new Set(files.map(dirname).filter((path) => path.startsWith('functions')))];
  const unchanged = (path) => statSync(join(root, path)).mtimeMs < startedAt; // else it may have changed after it was read
  const output = join(basename(folder), 'index.mjs');
  const index = {
    tool: toolHash(),
    inputs: Object.fromEntries(inputs.map((path) => [path, unchanged(path) ? seen(join(root, path)) : 'changing'])),
    output,
  };
  writeFileSync(indexOf(entry), JSON.stringify(index));
  forget(folder);
  return join(cache, output);
}

function forget(current) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name);
    if (path === current || name.endsWith('.json')) continue;
    if (Date.now() - statSync(path).mtimeMs > day) rmSync(path, { recursive: true, force: true });
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (!file) {
    console.error('usage: node scripts/run.mjs FILE.ts [args]');
    process.exit(2);
  }
  await run(file, args);
}
