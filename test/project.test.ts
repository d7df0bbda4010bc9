import { expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { documents } from '../core/memory/documents.ts';
import { eventFunctions, stages } from '../simulator/pipeline/handlers.ts';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const read = (file: string) => readFileSync(file, 'utf8');
const sources = ['core', 'pages', 'aws', 'functions', 'infrastructure', 'simulator', 'proof', 'cli', 'bench']
  .flatMap(filesIn)
  .filter((file) => file.endsWith('.ts'));
const lines = (file: string) => read(file).trimEnd().split('\n').length;

const shells = filesIn('functions').filter((file) => file.split('/').length === 2);

/** What a file imports: paths from the root of the tree, or names of packages. Types too: a direction is a direction. */
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/^(?:import|export)\b[^'"]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)/gms)].map(
    ([, from, lazy]) => {
      const target = from ?? lazy ?? '';
      return target.startsWith('.') ? normalize(join(dirname(file), target)) : target;
    },
  );

const mayImport: Record<string, RegExp> = {
  core: /^(core\/|zod\/mini$|node:crypto$|node:zlib$)/,
  aws: /^(core\/|aws\/|@aws-sdk\/)/,
  pages: /^(core\/|pages\/|hono\/html$|d3-scale$|diff$|yaml$|node:util$)/,
  functions: /^(core\/|pages\/|aws\/|functions\/|zod\/mini$|aws-lambda$|node:)/,
  infrastructure: /^(core\/|functions\/all\.ts$|infrastructure\/|yaml$|node:)/,
  simulator:
    /^(core\/|aws\/|functions\/|simulator\/|infrastructure\/(cloudformation|triggers\/)|zod|aws-lambda$|node:|@aws-sdk\/|@smithy\/|croner$|modern-tar$)/,
  proof: /^(core\/|aws\/|simulator\/|proof\/|node:|fast-check$|@aws-sdk\/)/,
  cli: /^(core\/|pages\/|aws\/|simulator\/|infrastructure\/(triggers\/region-stack|deployed-version)\.ts$|proof\/month\/|cli\/|yaml$|modern-tar$|commander$|@clack\/prompts$|web-tree-sitter$|prettier\/|node:)/,
  bench: /^(core\/|aws\/|functions\/all\.ts$|simulator\/|cli\/|bench\/|scripts\/bundle\.mjs$|node:)/,
};

test.each(Object.entries(mayImport))('%s imports only what stands below it', (folder, allowed) => {
  const wrong = sources
    .filter((file) => file.startsWith(`${folder}/`))
    .flatMap((file) =>
      importsOf(file)
        .filter((target) => !allowed.test(target))
        .map((target) => `${file} → ${target}`),
    );
  expect(wrong).toEqual([]);
});

/**
 * Rings of imports: files that import each other, over however many files between them. Two files are in one ring if each
 * reaches the other.
 */
const ringsOf = (imports: Map<string, string[]>): string[][] => {
  const reachedFrom = (file: string): Set<string> => {
    const reached = new Set<string>();
    const open = [...(imports.get(file) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(imports.get(next) ?? []));
    }
    return reached;
  };
  const reach = new Map([...imports.keys()].map((file) => [file, reachedFrom(file)]));
  const ringOf = (file: string) =>
    [...reach.keys()].filter((other) => reach.get(file)?.has(other) && reach.get(other)?.has(file));
  const rings = [...reach.keys()].map((file) => ringOf(file).toSorted().join(' ↔ ')).filter((ring) => ring !== '');
  return [...new Set(rings)].map((ring) => ring.split(' ↔ '));
};

test('a ring of imports is found, over however many files', () => {
  const imports = { a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: [], f: ['f'] };
  expect(ringsOf(new Map(Object.entries(imports)))).toEqual([['a', 'b', 'c'], ['f']]);
});

test('no files import each other in a ring, not even for types', () => {
  const rings = ringsOf(new Map(sources.map((file) => [file, importsOf(file)])));
  expect(rings.map((ring) => ring.join(' ↔ '))).toEqual([]);
});

test('no phase of functions imports a file of another phase', () => {
  const phase = (file: string) => file.split('/')[1] ?? '';
  const wrong = filesIn('functions').flatMap((file) =>
    importsOf(file)
      .filter((target) => target.startsWith('functions/') && !shells.includes(target) && phase(target) !== phase(file))
      .map((target) => `${file} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

const kebab = (name: string) => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const key = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const stageFiles = filesIn('functions').filter((file) => !shells.includes(file));

const everyFunction = new Map([...stages, ...eventFunctions]);

test('one file is one function: file, export, state and function key have one name', () => {
  const names = [...everyFunction.keys()];
  expect(stageFiles.map((file) => file.split('/').at(-1) ?? '').toSorted()).toEqual(
    names.map((name) => `${kebab(name)}.ts`).toSorted(),
  );
  for (const file of stageFiles) {
    const name = names.find((one) => file.endsWith(`/${kebab(one)}.ts`)) ?? '';
    expect(read(file)).toContain(`export const ${key(name)} = `);
    expect(read(file)).toContain(`export const handler = lambda(${key(name)});`);
  }
});

test('what events call is no state, lies in functions/start, functions/report and functions/wake, and nothing else does', () => {
  const files = stageFiles.filter((file) => /^functions\/(start|report|wake)\//.test(file));
  expect(files.map((file) => file.split('/').at(-1) ?? '').toSorted()).toEqual(
    [...eventFunctions.keys()].map((name) => `${kebab(name)}.ts`).toSorted(),
  );
  const machines = filesIn('statemachines').map(read).join();
  for (const name of eventFunctions.keys()) expect(machines).not.toContain(name);
  for (const name of stages.keys()) expect(machines).toContain(`"${name}"`);
});

test('files stay small enough to be read at once', () => {
  const bound = (file: string) =>
    shells.includes(file)
      ? 150
      : file.startsWith('functions/')
        ? 60
        : /^(core|pages|aws|infrastructure)\//.test(file)
          ? 150
          : 250;
  expect(sources.filter((file) => lines(file) > bound(file)).map((file) => `${file}: ${lines(file)} lines`)).toEqual(
    [],
  );
});

test('a folder holds no more files than can be looked over', () => {
  const most = 16;
  const folders = new Set(sources.map(dirname));
  const inside = (folder: string) => sources.filter((file) => dirname(file) === folder).length;
  expect([...folders].filter((folder) => inside(folder) > most)).toEqual([]);
});

test('only core/memory/documents.ts knows the keys of the bucket', () => {
  const names = Object.values(documents).map(({ key }) =>
    basename(
      key({
        recipe: 'r',
        build: 'b',
        execution: 'e',
        startedAt: 'd',
        kind: 'image',
        region: 'e',
        id: 'i',
        channel: 'c',
      }),
    ),
  );
  const literal = new RegExp(`\\b(builds|commands|reports/sweep|waits)/\\$\\{|(['"]|\\}/)(${names.join('|')})['"\`]`);
  expect(sources.filter((file) => file !== 'core/memory/documents.ts' && literal.test(read(file)))).toEqual([]);
  expect(read('core/memory/documents.ts')).toMatch(literal);
});

/** The names that a file exports itself; a name that it passes on is not among them. */
const exportsOf = (file: string): string[] =>
  [...read(file).matchAll(/^export (?:async )?(?:const|function\*?|interface|type|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  );

test('an exported name means one thing in all rooms and tests, but a stage is called like the call it makes or the key it serves', () => {
  const files = new Map<string, string[]>();
  const shared = filesIn('test').filter((file) => file.endsWith('.ts') && !file.startsWith('test/moto/layer/'));
  for (const file of [...sources, ...shared])
    for (const name of exportsOf(file)) files.set(name, [...(files.get(name) ?? []), file]);
  // Lambda asks every function's file for `handler`. In test/moto/layer/ each function has the name of the call that it answers.
  const ours = new Set(['handler', ...[...everyFunction.keys()].map(key)]);
  const twice = [...files].filter(([name, found]) => found.length > 1 && !ours.has(name));
  expect(twice.map(([name, found]) => `${name}: ${found.join(' ')}`)).toEqual([]);
});

test('every export is imported by another file; a function of a state or an event exports itself and its handler', () => {
  const texts = new Map(
    [...sources, ...filesIn('test'), ...filesIn('scripts')]
      .filter((file) => /\.(ts|mjs)$/.test(file))
      .map((file) => [file, read(file)]),
  );
  const importers = new Map<string, string[]>();
  for (const [file, text] of texts)
    for (const target of importsOf(file)) importers.set(target, [...(importers.get(target) ?? []), text]);
  const isImported = (file: string, name: string) =>
    importers.get(file)?.some((text) => new RegExp(`\\b${name}\\b`).test(text)) ?? false;
  const unused = sources
    .filter((file) => !stageFiles.includes(file))
    .flatMap((file) =>
      exportsOf(file)
        .filter((name) => !isImported(file, name))
        .map((name) => `${file}: ${name}`),
    );
  expect(unused).toEqual([]);
});

test('a test file stands where its subject stands, among tests of a situation, or on top if it is about all rooms', () => {
  const elsewhere =
    /^(statemachines\/((build|share)-image|move-channel|plan-build|retire-images)|infrastructure\/triggers|bad-input)\/[^/]+$/;
  const aboutAllRooms = [
    'account',
    'command-lines',
    'links',
    'partitions',
    'permissions',
    'project',
    'template',
    'wire',
  ];
  const subjectless = filesIn('test')
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => file.replace(/^test\//, '').replace(/\.test\.ts$/, ''))
    .filter(
      (path) => !['', '.ts', '.mjs', '.yml', '.md', '.asl.json'].some((ending) => existsSync(`${path}${ending}`)),
    );
  expect(subjectless.filter((path) => !elsewhere.test(path) && !aboutAllRooms.includes(path))).toEqual([]);
});

test('a file opens with a sentence on what it is for, or says so at an export', () => {
  const opens = (file: string) => {
    const text = read(file);
    const below = text.replaceAll(/^import\b[^;]*;\n/gm, '').trimStart();
    return /^\/[/*]/.test(text) || /^\/[/*]/.test(below) || /\*\/\nexport |^\/\/.*\nexport /m.test(text);
  };
  expect(sources.filter((file) => !opens(file))).toEqual([]);
});

test('names say what a thing is', () => {
  const empty = /\b(utils?|helpers?|common|manager|service|processor|data|info)\b/;
  expect(sources.filter((file) => empty.test(file.replaceAll('-', ' ')))).toEqual([]);
});

test('stages and decisions take clock and settings as arguments', () => {
  const impure = [...filesIn('core'), ...filesIn('aws'), ...stageFiles].filter((file) =>
    /new Date\(\)|Date\.now\(|Math\.random|process\.env/.test(read(file)),
  );
  expect(impure).toEqual([]);
});

test('versions are pinned, and the lock file holds no download addresses', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^(npm:\w+@)?\d+\.\d+\.\d+$/.test(version),
  );
  expect(loose).toEqual([]);
  expect(read('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*\.tgz/);
});

test('the tree holds no account ids but obviously fake ones', () => {
  const known = new Set([
    '137112412989',
    '099720109477',
    '136693071363',
    '801119661308',
    '309956199498',
    '792107900819',
    '764336703387',
    '602401143452', // Amazon EKS
    '591542846629', // Amazon ECS
    '898082745236', // Deep Learning AMIs
    '125523088429',
    '999999999999',
    '123456789012',
  ]);
  const fake = (id: string) => known.has(id) || /^(\d)\1{3}(\d)\2{3}(\d)\3{3}$|^(\d)\4{11}$|^30000000\d{4}$/.test(id);
  const texts = [
    ...sources,
    ...filesIn('recipes'),
    ...filesIn('examples'),
    ...filesIn('infrastructure'),
    'serverless.yml',
  ];
  expect(
    texts.flatMap((file) =>
      [...read(file).matchAll(/(?<![\w.-])\d{12}(?![\w.])/g)].map(([id]) => id).filter((id) => !fake(id)),
    ),
  ).toEqual([]);
});
