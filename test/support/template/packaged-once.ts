// osls takes more than a CPU second for a template, and several suites judge the same one. What osls said of a folder is kept until a
// file in the folder, an argument, the packages or Node change.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { lockHash, root } from '../../../scripts/setup.mjs';

export interface Packaged {
  /** The template as a text, or undefined if osls refused the folder. */
  template?: string;
  /** Why osls refused the folder. */
  refusal: string;
}

const cache = join(root, 'node_modules/.cache/golden-templates');
const day = 24 * 60 * 60 * 1000;

/** Everything that osls reads: the folder's files, the arguments, the environment that AWS's tools and this project read. */
function keyOf(folder: string, args: string[], env: NodeJS.ProcessEnv): string {
  const hash = createHash('sha256').update(JSON.stringify([lockHash(), process.version, args]));
  for (const [name, value] of Object.entries(env).toSorted(([one], [other]) => one.localeCompare(other)))
    if (/^(AWS|GOLDEN|SLS|SERVERLESS)_/.test(name)) hash.update(`${name}=${value}\0`);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map(({ parentPath, path, name }) => join(parentPath ?? path, name)).toSorted();
  for (const file of files)
    hash
      .update(`${relative(folder, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function kept(file: string): Packaged | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Packaged;
  } catch {
    return undefined; // no run has packaged this folder
  }
}

/** Packages a folder with osls, or returns what osls said of the same files before. */
export function packagedOnce(folder: string, args: string[], env: NodeJS.ProcessEnv): Packaged {
  const file = join(cache, `${keyOf(folder, args, env)}.json`);
  const known = kept(file);
  if (known) return known;
  const osls = join(root, 'node_modules/serverless/bin/serverless.js');
  const stateless = join(root, 'test/support/template/osls-without-state.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', stateless, osls, 'package', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  const refusal = status === 0 ? '' : `osls ended with ${status}: ${stderr}${stdout}`; // osls writes errors to either stream
  const emitted = join(folder, '.serverless/cloudformation-template-update-stack.json');
  const packaged: Packaged = status === 0 ? { template: readFileSync(emitted, 'utf8'), refusal } : { refusal };
  // Only a refusal of the settings is kept, because another error may not come again.
  if (status === 0 || refusal.includes('Variables resolution errored with')) keep(file, packaged);
  return packaged;
}

function keep(file: string, packaged: Packaged): void {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const old = join(cache, name);
    const { mtimeMs = Infinity } = statSync(old, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > day) rmSync(old, { force: true });
  }
  const writing = `${file}.${process.pid}.${process.hrtime.bigint()}`; // another worker may package the same folder
  writeFileSync(writing, JSON.stringify(packaged));
  renameSync(writing, file);
}
