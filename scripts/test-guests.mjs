// `npm run test:guests`: sanitize and the example scripts, run by the shells and tools of a real Linux file tree. The tree is
// made by debootstrap and kept in node_modules/.cache. Other trees, e.g. of Ubuntu or Amazon Linux, are named by GUEST_TREES
// (paths with colons between them). Needs root on Linux; says so and skips all elsewhere. Ends with the counts on one plain line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();

const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const run = (program, ...args) =>
  spawnSync(program, args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    .status === 0;

const cache = join(root, 'node_modules/.cache/guests');
const debian = join(cache, 'debian-bookworm');

/** Why there is no tree of Debian, or undefined when there is one. */
function withoutDebian() {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    return 'it takes root on Linux to enter another file tree';
  if (!run('unshare', '--mount', '--pid', '--net', '--fork', 'true'))
    return 'this machine lets nobody unshare namespaces';
  if (existsSync(debian)) return undefined;
  // CI machines are thrown away; nothing is installed on others.
  if (!has('debootstrap') && process.env.CI && has('apt-get')) {
    run('apt-get', 'update');
    run('apt-get', 'install', '-y', '--no-install-recommends', 'debootstrap');
  }
  if (!has('debootstrap')) return 'there is no debootstrap; to run them: apt-get install debootstrap';
  const partial = `${debian}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  if (!run('debootstrap', '--variant=minbase', 'bookworm', partial))
    return 'debootstrap failed: is a Debian mirror reached?';
  renameSync(partial, debian);
  return undefined;
}

const missing = withoutDebian();
const trees = missing ? [] : [debian, ...(process.env.GUEST_TREES ?? '').split(':').filter(Boolean)];

const scratch = mkdtempSync(join(tmpdir(), 'golden-guests-'));
const outputFile = join(scratch, 'results.json');
const options = ['--config', join(root, 'test/guests/jest.config.mjs'), '--json', `--outputFile=${outputFile}`];
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), ...options, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['inherit', missing ? 'ignore' : 2, missing ? 'ignore' : 2],
    env: {
      ...process.env,
      NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules --disable-warning=ExperimentalWarning'].join(
        ' ',
      ),
      GOLDEN_GUEST_TREES: trees.join(':'),
    },
  },
);
let results;
try {
  results = JSON.parse(readFileSync(outputFile, 'utf8'));
} catch {
  results = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 1 };
}
rmSync(scratch, { recursive: true, force: true });
const passed = results.numPassedTests;
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
const skipped = results.numPendingTests + results.numTodoTests;
if (missing) console.log(`No script was run in a file tree: ${missing}.`);
else if (trees.length === 1)
  console.log('Run in a tree of Debian only; trees of Ubuntu and Amazon Linux 2023 are named by GUEST_TREES.');
process.exitCode = status || failed || (passed === 0 && !missing) ? 1 : 0;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
