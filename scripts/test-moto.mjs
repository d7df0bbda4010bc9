// `npm run test:moto`: runs the bundled functions and the deployed state machine on moto, an AWS emulator by others, and our
// interpreter's corpus in moto's own engine. Needs Python with moto; without it, says so and skips all. Like `npm test`, ends
// with the counts on one plain line.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundleFunctions } from './bundle.mjs';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();

const probe = spawnSync('python3', ['-c', 'import moto.stepfunctions.parser.models, werkzeug'], { encoding: 'utf8' });
const missing = probe.error?.message ?? (probe.status === 0 ? undefined : probe.stderr.trim().split('\n').at(-1));

const scratch = mkdtempSync(join(tmpdir(), 'golden-moto-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const dist = join(scratch, 'dist');
if (!missing) {
  const { compileRecipes, functionFiles } = await importTypeScript(join(root, 'scripts/deployment-files.ts'));
  await compileRecipes(dist, join(root, 'examples'));
  await bundleFunctions(functionFiles, { outdir: dist });
}

const outputFile = join(scratch, 'results.json');
const options = ['--config', join(root, 'test/moto/jest.config.mjs'), '--json', `--outputFile=${outputFile}`];
// No test has this name: jest then counts the tests it would have run, and starts none.
const chosen = missing ? ['--testNamePattern', '(?!)', '--silent'] : process.argv.slice(2);
const jest = spawn(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...options, ...chosen], {
  cwd: root,
  stdio: ['inherit', missing ? 'ignore' : 2, missing ? 'ignore' : 2],
  env: {
    ...process.env,
    NODE_OPTIONS: [process.env.NODE_OPTIONS, '--experimental-vm-modules --disable-warning=ExperimentalWarning'].join(
      ' ',
    ),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    GOLDEN_MOTO_DIST: dist,
  },
});
// moto and the functions end with jest's workers, whose pipes they hold
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
const [code, signal] = await new Promise((resolve) => jest.once('exit', (...how) => resolve(how)));
const status = code ?? 1;

let results;
try {
  results = JSON.parse(readFileSync(outputFile, 'utf8'));
} catch (error) {
  console.log(`jest ended with ${signal ?? `exit code ${code}`} and left no results: ${error.message}`);
  results = {
    testResults: [],
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 1,
  };
}
for (const { name, message, assertionResults } of results.testResults)
  if (message && assertionResults.length === 0) console.log(`${relative(root, name)} did not run: ${message}`);
const passed = results.numPassedTests;
const failed = results.numFailedTests + results.numRuntimeErrorTestSuites; // a suite that cannot load holds no tests
const skipped = results.numPendingTests + results.numTodoTests;
if (missing) {
  console.log(`moto is not here, so nothing was run: ${missing}`);
  console.log("To run it: python3 -m pip install 'moto[server,stepfunctions]==5.2.1'");
  process.exitCode = failed ? 1 : 0;
} else {
  process.exitCode = status || (failed || passed === 0 ? 1 : 0);
}
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
