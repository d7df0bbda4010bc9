// Installs the lock file's packages if they are missing, so that a fresh clone needs only `npm start` and `npm test`. It uses
// only Node's builtins, because it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../..');

const leastNode = [20, 19];
const lockFile = join(root, 'package-lock.json');
const installedLock = join(root, 'node_modules/.package-lock.json');
const stamp = join(root, 'node_modules/.golden-lock');
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** The lock file's hash. Anything derived from node_modules is stale when the hash differs. */
export const lockHash = () => sha256(readFileSync(lockFile));

export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1])) {
    console.error(`This project needs Node ${leastNode.join('.')} or newer; this is Node ${process.versions.node}.`);
    process.exit(1);
  }
  if (isInstalled()) return;
  const release = await acquire();
  try {
    if (!isInstalled()) install(); // another script may have installed while this one waited
  } finally {
    release();
  }
}

function isInstalled() {
  const hash = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  if (!existsSync(installedLock)) return false;
  const { packages: locked } = JSON.parse(readFileSync(lockFile, 'utf8'));
  const { packages: installed } = JSON.parse(readFileSync(installedLock, 'utf8'));
  const same = Object.entries(locked).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    // npm leaves out what another platform needs
    return installed[path] ? installed[path].version === version : Boolean(optional || devOptional || peer);
  });
  if (same) writeFileSync(stamp, hash);
  return same;
}

function install() {
  console.error('Installing the packages of package-lock.json …');
  const { npm_execpath: npm = '' } = process.env;
  // stdout on stderr: stdout belongs to the program that is about to run
  const options = ['ci', '--include=dev', '--no-json', '--no-fund', '--no-audit', '--loglevel=error'];
  const [command, args] = basename(npm) === 'npm-cli.js' ? [process.execPath, [npm, ...options]] : ['npm', options];
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: command === 'npm' && process.platform === 'win32', // npm is npm.cmd there
  });
  if (status !== 0) {
    console.error(`npm ci failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`);
    process.exit(1);
  }
  writeFileSync(stamp, lockHash());
}

/** One installer at a time. The lock lies outside node_modules, which `npm ci` removes. */
async function acquire() {
  const path = join(tmpdir(), `golden-install-${sha256(root).slice(0, 16)}`);
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      const release = () => rmSync(path, { force: true });
      process.once('exit', release);
      return release;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned(path)) rmSync(path, { force: true });
    else await sleep(200);
  }
}

function isAbandoned(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!pid) return Date.now() - statSync(path).mtimeMs > 10_000; // its owner died before it wrote its id
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await ensureInstalled();
