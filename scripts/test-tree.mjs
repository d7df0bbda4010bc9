// Translates the tree to JavaScript for the tests: .test-build/ has one file, `core/build/plan.ts.js`, for each TypeScript file.
// Node runs these files directly. Jest's own runner loads the AWS SDK anew for each test file and runs it in a virtual machine,
// which takes twice the time.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { root } from './setup.mjs';

export const testTree = join(root, '.test-build');

const rooms = 'aws bench cli core functions infrastructure pages proof scripts simulator test'.split(' ');
const globals = 'afterAll afterEach beforeAll beforeEach describe expect test'.split(' ');
const globalsFile = 'jest-globals.js';
const index = join(testTree, 'index.json');
const tool = 'scripts/test-tree.mjs';
const builtOf = (file) => join(testTree, `${file}.js`);

const typeScriptFiles = () =>
  rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))),
  );

/** Imports stay imports: `./plan.ts` becomes `./plan.ts.js`. The tree's other files are imported from their own place. */
const imports = {
  name: 'imports',
  setup(build) {
    // esbuild would put all files that a pattern finds into the file that imports them. Node imports each by its name.
    build.onLoad({ filter: /functions\/all\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/import\((`[^`]+\.ts)`\)/, 'import([$1.js`].join())'),
      loader: 'ts',
    }));
    build.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      const from = dirname(relative(root, importer));
      const near = (file) => {
        const way = relative(from, file).split(sep).join('/');
        return way.startsWith('.') ? way : `./${way}`;
      };
      if (path === '@jest/globals') return { path: near(globalsFile), external: true };
      if (!path.startsWith('.')) return { path, external: true };
      if (path.endsWith('.ts')) return { path: `${path}.js`, external: true };
      const target = resolve(dirname(importer), path);
      return { path: relative(join(testTree, from), target).split(sep).join('/'), external: true };
    });
  },
};

/** Brings .test-build up to date. Only changed files are made anew, because other runs may be reading the rest. */
export async function buildTestTree() {
  const files = typeScriptFiles();
  const seen = Object.fromEntries([tool, ...files].map((file) => [file, stampOf(file)]));
  const before = readIndex();
  const known = before[tool] === seen[tool] ? before : {};
  for (const file of Object.keys(before)) if (!seen[file]) rmSync(builtOf(file), { force: true });
  const stale = files.filter((file) => known[file] !== seen[file] || !existsSync(builtOf(file)));
  if (stale.length === 0 && existsSync(index)) return;
  mkdirSync(testTree, { recursive: true });
  writeFileSync(join(testTree, 'package.json'), '{ "type": "module" }\n');
  const exported = globals.map((name) => `export const ${name} = globalThis.${name};\n`);
  writeFileSync(join(testTree, globalsFile), exported.join(''));
  await translate(stale);
  writeFileSync(index, JSON.stringify(seen));
}

async function translate(files) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: files,
    outbase: root,
    outdir: testTree,
    outExtension: { '.js': '.ts.js' },
    bundle: true, // only for the plugin: every import is external
    plugins: [imports],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'warning',
  });
}

function stampOf(file) {
  const { mtimeMs, size } = statSync(join(root, file));
  return `${mtimeMs} ${size}`;
}

function readIndex() {
  try {
    return JSON.parse(readFileSync(index, 'utf8'));
  } catch {
    return {}; // the first run, or one that was killed while it wrote
  }
}
