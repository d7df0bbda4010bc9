// `npm run package` and `npm run deploy`: checks the settings, makes the bundles and dist/infrastructure.json, and calls osls.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();
const [command, ...args] = process.argv.slice(2);
const { settingsProblems } = await importTypeScript(join(root, 'infrastructure/settings/command-line.ts'));
const problems = settingsProblems(args);
const run = (...given) => spawnSync(process.execPath, given, { stdio: 'inherit', cwd: root }).status ?? 1;
if (problems.length > 0) console.error(problems.join('\n'));
process.exitCode =
  problems.length > 0
    ? 1
    : run('scripts/bundle.mjs', ...args) || run('node_modules/serverless/bin/serverless.js', command, ...args);
