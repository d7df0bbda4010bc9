// `npm run package` and `npm run deploy`: makes the bundles and dist/infrastructure.json, and calls osls with the same arguments.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();
const [command, ...args] = process.argv.slice(2);
const run = (...given) => spawnSync(process.execPath, given, { stdio: 'inherit', cwd: root }).status ?? 1;
const refusal = command === 'deploy' ? await deployRefusal() : undefined;
if (refusal) console.error(refusal);
process.exitCode = refusal
  ? 2
  : run('scripts/bundle.mjs', ...args) || run('node_modules/serverless/bin/serverless.js', command, ...args);

/** Why AWS would refuse a deployment, before a minute of packaging. */
async function deployRefusal() {
  const { deployRefusalOf } = await importTypeScript(join(root, 'scripts/deploy-access.ts'));
  return deployRefusalOf(args);
}
