// `npm run test:guests`: runs sanitize and the example scripts with the shells and tools of real Linux file trees. debootstrap
// makes the trees of Debian (with Ansible) and Ubuntu, and node_modules/.cache keeps them. GUEST_TREES names your own trees (paths
// with colons between them); a tree of yours replaces ours of the same system. A missing tree counts as skipped, with the reason. Needs root
// on Linux. Ends with the counts on one plain line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { jestCounts } from './jest-counts.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const run = (program, ...args) =>
  spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    .status === 0;

const cache = join(root, 'node_modules/.cache/guests');

/** The systems to test, by ID and VERSION_ID of their os-release. */
const wanted = [
  { name: 'debian-12', suite: 'bookworm', packages: ['ansible-core', 'python3-venv'] },
  // GUEST_UBUNTU_MIRROR: the URL of a mirror, if debootstrap's own cannot be reached.
  { name: 'ubuntu-24.04', suite: 'noble', mirror: process.env.GUEST_UBUNTU_MIRROR },
  { name: 'amzn-2023' },
];

/** Why this machine can enter no tree; undefined if it can. */
function withoutGuests() {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    return 'it takes root on Linux to enter another file tree';
  if (!run('unshare', '--mount', '--pid', '--net', '--fork', 'true'))
    return 'this machine lets nobody unshare namespaces';
  return undefined;
}

/** Name and path of a tree that GUEST_TREES names. */
function ownTree(path) {
  const release = join(path, 'etc/os-release');
  if (!existsSync(release)) return { name: path, reason: 'it has no /etc/os-release' };
  const text = readFileSync(release, 'utf8');
  const valueOf = (key) => new RegExp(`^${key}="?([^"\n]*)`, 'm').exec(text)?.[1] ?? 'unknown';
  return { name: `${valueOf('ID')}-${valueOf('VERSION_ID')}`, path };
}

/** A system's tree with its path, or the reason why there is none. */
function madeTree({ name, suite, mirror, packages = [] }) {
  if (!suite) return { name, reason: 'no tool here makes its tree; GUEST_TREES can name one' };
  const path = join(cache, name);
  if (existsSync(path)) return { name, path };
  // Installs only on CI machines, which are thrown away.
  if (!has('debootstrap') && process.env.CI && has('apt-get')) {
    run('apt-get', 'update');
    run('apt-get', 'install', '-y', '--no-install-recommends', 'debootstrap');
  }
  if (!has('debootstrap')) return { name, reason: 'there is no debootstrap; to run them: apt-get install debootstrap' };
  const partial = `${path}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  if (!run('debootstrap', '--variant=minbase', suite, partial, ...(mirror ? [mirror] : [])))
    return { name, reason: `debootstrap failed for ${suite}; it must know ${suite} and reach a mirror, see above` };
  // debootstrap's own --include does not find what virtual packages stand for. Tests that need a missing package are skipped.
  if (packages.length > 0 && run('chroot', partial, 'apt-get', 'update'))
    run('chroot', partial, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages);
  renameSync(partial, path);
  return { name, path };
}

const missing = withoutGuests();
const own = (process.env.GUEST_TREES ?? '')
  .split(':')
  .filter(Boolean)
  .map((path) => ownTree(resolve(path)));
const made = wanted
  .filter(({ name }) => !own.some((tree) => tree.name === name))
  .map((tree) => (missing ? { name: tree.name, reason: missing } : madeTree(tree)));
const trees = [...made, ...own.map((tree) => (missing ? { name: tree.name, reason: missing } : tree))];
const some = trees.some(({ path }) => path);

const scratch = mkdtempSync(join(tmpdir(), 'golden-guests-'));
const outputFile = join(scratch, 'results.json');
const options = ['--config', join(root, 'test/guests/jest.config.mjs'), '--json', `--outputFile=${outputFile}`];
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), ...options, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['inherit', some ? 2 : 'ignore', some ? 2 : 'ignore'],
    env: {
      ...process.env,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules --disable-warning=ExperimentalWarning'].join(
        ' ',
      ),
      GOLDEN_GUEST_TREES: JSON.stringify(trees),
    },
  },
);
const { passed, failed, line } = jestCounts(outputFile);
rmSync(scratch, { recursive: true, force: true });
for (const { name, reason } of trees) if (reason) console.log(`Skipped in ${name}: ${reason}.`);
process.exitCode = status || failed || (passed === 0 && some) ? 1 : 0;
console.log(line);
