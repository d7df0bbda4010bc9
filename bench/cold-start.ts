import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { allFunctions } from '../functions/all.ts';
import type { BundleSize } from '../scripts/bundle.mjs';
import { printTable } from './table.ts';

/**
 * Measures how long a fresh process takes to load the bundle of each function, beside esbuild's default bundle of the same file and
 * an empty handler. Lambda does the same work at every cold start, on a slower processor.
 */

const root = resolve(process.env['GOLDEN_ROOT'] ?? '.');
const runs = 7;

/** The ratio that the bundles once reached, 30 ms to 303 ms, and what they may lose of it. */
const [reached, tolerance] = [30 / 303, 1.2];

interface Bundles {
  ours: string;
  byDefault: string;
  empty: string;
}

/** Prints the milliseconds of the named functions, or of all. */
export function printColdStarts(names: string[]): void {
  const known = Object.fromEntries(allFunctions.map(({ key, file }) => [key, file]));
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0)
    throw new Error(`There is no function ${unknown.join(', ')}. Functions are ${Object.keys(known).join(', ')}.`);
  const files = Object.fromEntries(Object.entries(known).filter(([key]) => names.length === 0 || names.includes(key)));
  const folder = mkdtempSync(join(tmpdir(), 'golden-cold-start-'));
  try {
    const rows = measure(files, folder);
    const middle = [
      'median',
      ...([1, 2, 3] as const).map((column) => medianOf(rows.map((row) => Number(row[column])))),
    ];
    const told = [...rows, middle].map((row) =>
      row.map((cell) => (typeof cell === 'number' ? `${cell.toFixed(0)} ms` : cell)),
    );
    printTable([['function', 'ours', 'esbuild default', 'empty', 'read at start', 'default'], ...told]);
    const ratio = Number(middle[1]) / Number(middle[2]);
    console.log(
      `\n  ours / esbuild default: ${ratio.toFixed(3)}; it should be at most ${(reached * tolerance).toFixed(3)} (${tolerance} x ${reached.toFixed(3)})`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(files: Record<string, string>, folder: string): (string | number)[][] {
  const sizes = bundle(files, folder);
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, 'export const handler = async () => undefined;\n');
  return Object.entries(files).map(([name, file]) => {
    const bundles = {
      ours: join(folder, name, 'index.mjs'),
      byDefault: join(folder, `${name}-default`, 'index.cjs'),
      empty,
    };
    mkdirSync(join(folder, `${name}-default`));
    const defaultSize = bundleByDefault(file, bundles.byDefault);
    const { ours, byDefault, empty: nothing } = medians(bundles);
    const start = sizes.find((size) => size.name === name)?.start ?? 0;
    return [name, ours, byDefault, nothing, kilobytes(start), kilobytes(defaultSize)];
  });
}

/** In a process of its own: the script that runs this program is one of those that bundle functions. */
function bundle(files: Record<string, string>, outdir: string): BundleSize[] {
  const program = `
    const { bundleFunctions } = await import(${JSON.stringify(pathToFileURL(join(root, 'scripts/bundle.mjs')).href)});
    console.log(JSON.stringify(await bundleFunctions(${JSON.stringify(files)}, ${JSON.stringify({ outdir })})));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }),
  ) as BundleSize[];
}

/** What `esbuild --bundle --minify --platform=node` makes of a file. @returns its bytes. */
function bundleByDefault(file: string, outfile: string): number {
  const options = ['--bundle', '--minify', '--platform=node', `--outfile=${outfile}`, '--log-level=error'];
  execFileSync(process.execPath, [join(root, 'node_modules/esbuild/bin/esbuild'), join(root, file), ...options]);
  return statSync(outfile).size;
}

/** The bundles take turns, so that a busy machine slows all of them alike. */
function medians(bundles: Bundles): Record<keyof Bundles, number> {
  const names = Object.keys(bundles) as (keyof Bundles)[];
  const taken: Record<keyof Bundles, number[]> = { ours: [], byDefault: [], empty: [] };
  for (let run = 0; run < runs; run++) for (const name of names) taken[name].push(millisecondsToLoad(bundles[name]));
  return { ours: medianOf(taken.ours), byDefault: medianOf(taken.byDefault), empty: medianOf(taken.empty) };
}

function millisecondsToLoad(bundle: string): number {
  const program = `
    const began = performance.now();
    await import(${JSON.stringify(pathToFileURL(bundle).href)});
    console.log(performance.now() - began);`;
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', env }));
}

const medianOf = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
