// `npm test`: installs what is missing, runs jest, and ends with the counts on one plain line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jestCounts } from './jest-counts.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();

const scratch = mkdtempSync(join(tmpdir(), 'golden-test-'));
const outputFile = join(scratch, 'results.json');
const bound = 20 * 60_000; // milliseconds; a run that takes longer hangs
const { status, error } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), '--json', `--outputFile=${outputFile}`, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: ['inherit', 2, 2], // jest reports on stderr; stdout is left to the counts
    timeout: bound,
    env: {
      ...process.env,
      // A simulation has thousands of promises under way. With V8's 16 MiB for young objects, it copies them again and again, which
      // takes a fifth of the tests' time.
      NODE_OPTIONS: [
        process.env.NODE_OPTIONS,
        '--disable-warning=ExperimentalWarning',
        '--max-semi-space-size=32',
      ].join(' '),
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
);

const { passed, failed, line } = jestCounts(outputFile);
rmSync(scratch, { recursive: true, force: true });

if (error) console.error(`The tests did not end by themselves: ${error.message}`);
process.exitCode = status || (failed || passed === 0 ? 1 : 0);
console.log(line);
