// `npm run test:browser`: opens the pages of builds and of the pipeline in a headless Chromium: what it says of errors, requests,
// accessibility, narrow windows, dark and print. CHROMIUM names the program. Without one, all counts as skipped, with the reason.
// Ends with the counts on one plain line.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jestCounts } from './jest-counts.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();

const known = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromium = process.env.CHROMIUM ?? known.find((path) => existsSync(path));
const scratch = mkdtempSync(join(tmpdir(), 'golden-browser-'));
const outputFile = join(scratch, 'results.json');
const options = ['--config', join(root, 'test/browser/jest.config.mjs'), '--json', `--outputFile=${outputFile}`];
// No test has this name: jest then counts the tests it would have run, and starts none.
const chosen = chromium ? process.argv.slice(2) : ['--testNamePattern', '(?!)', '--silent'];
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...options, ...chosen], {
  cwd: root,
  stdio: ['inherit', chromium ? 2 : 'ignore', chromium ? 2 : 'ignore'],
  env: {
    ...process.env,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules --disable-warning=ExperimentalWarning'].join(
      ' ',
    ),
    GOLDEN_CHROMIUM: chromium ?? '',
  },
});
const { passed, failed, line } = jestCounts(outputFile);
rmSync(scratch, { recursive: true, force: true });
if (!chromium)
  console.log('Skipped: there is no Chromium here; to run them: apt-get install chromium, or set CHROMIUM.');
process.exitCode = (chromium && status) || failed || (passed === 0 && chromium) ? 1 : 0;
console.log(line);
