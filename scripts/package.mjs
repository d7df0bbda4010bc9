// `npm run package` and `npm run deploy`: makes the bundles and dist/infrastructure.json, and calls osls with the same arguments.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();
const [command, ...args] = process.argv.slice(2);
const run = (...given) => spawnSync(process.execPath, given, { stdio: 'inherit', cwd: root }).status ?? 1;
process.exitCode =
  run('scripts/bundle.mjs', ...args) || run('node_modules/serverless/bin/serverless.js', command, ...args);
