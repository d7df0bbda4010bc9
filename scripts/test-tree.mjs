// The tests as JavaScript: .test-build/ has one file, `core/plan.ts.js`, for each TypeScript file of the tree. Node runs these as
// they are. Jest's own runner loads the AWS SDK anew for each test file and runs it in a virtual machine, which takes twice the time.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { root } from './setup.mjs';

export const testTree = join(root, '.test-build');

const rooms = 'aws bench cli core faults functions scripts simulator test'.split(' ');
const globals = 'afterAll afterEach beforeAll beforeEach describe expect test'.split(' ');
const globalsFile = 'jest-globals.js';

const typeScriptFiles = () =>
  rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))),
  );

/** Imports stay imports: of `./plan.ts.js` for `./plan.ts`. Other files of the tree are imported from where they are. */
const imports = {
  name: 'imports',
  setup(build) {
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

/** Brings .test-build up to date. A file that has not changed is not written, since another run may be reading it. */
export async function buildTestTree() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: typeScriptFiles(),
    outbase: root,
    outdir: testTree,
    outExtension: { '.js': '.ts.js' },
    bundle: true, // for the sake of the plugin: every import is external
    plugins: [imports],
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  });
  const wanted = new Map(outputFiles.map(({ path, text }) => [path, text]));
  wanted.set(join(testTree, 'package.json'), '{ "type": "module" }\n');
  const exported = globals.map((name) => `export const ${name} = globalThis.${name};\n`);
  wanted.set(join(testTree, globalsFile), exported.join(''));
  mkdirSync(testTree, { recursive: true });
  for (const entry of readdirSync(testTree, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !wanted.has(path)) rmSync(path);
  }
  for (const [path, text] of wanted) {
    mkdirSync(dirname(path), { recursive: true });
    if (read(path) !== text) writeFileSync(path, text);
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // a file of the tree that is new
  }
}
