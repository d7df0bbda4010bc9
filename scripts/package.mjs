// `npm run package` and `npm run deploy`: checks the settings, makes the bundles and calls osls. osls reads the settings at a
// dozen places of serverless.yml and would report each problem a dozen times.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './setup.mjs';

/** Settings that take one of some words and that nothing else checks. */
const words = { dailySweep: ['ENABLED', 'DISABLED'], amazonTopics: ['on', 'off'] };

const options = {
  param: { type: 'string', multiple: true },
  stage: { type: 'string', short: 's' },
  region: { type: 'string', short: 'r' },
};

/** The problems of the settings for osls that can be found without osls. Values that are osls variables are left to osls. */
export async function settingsProblems(args, env = process.env) {
  const { parse } = await import('yaml');
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const { params = {} } = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'error' });
  const { stage = 'dev', region = env.AWS_REGION ?? 'us-east-1', param = [] } = values;
  const given = param.map((text) => [text.split('=', 1)[0], text.slice(text.indexOf('=') + 1)]);
  const names = Object.keys(params.default);
  const wrong = given.flatMap(([name, value]) => {
    if (!names.includes(name)) return [`--param="${name}=…" is no setting; the settings are ${names.join(', ')}`];
    const allowed = words[name];
    const taken = !allowed || allowed.includes(value) || value.includes('${');
    return taken ? [] : [`--param="${name}=…" must be ${allowed.join(' or ')}, not "${value}"`];
  });
  const settings = { ...params.default, ...params[stage], ...Object.fromEntries(given) };
  if (Object.values(settings).some((value) => String(value).includes('${'))) return wrong;
  const self = { service: env.GOLDEN_SERVICE ?? 'golden-image', 'provider.stage': stage, 'provider.region': region };
  const osls = {
    async resolveVariable(address) {
      const [source, name] = address.split(/:(.*)/, 2);
      return { param: settings, self }[source]?.[name];
    },
  };
  const infrastructure = createRequire(join(root, 'infrastructure/'));
  const { settingsOf, executionLogging } = infrastructure('./settings.cjs');
  const checked = await Promise.allSettled([
    settingsOf(osls),
    executionLogging(osls),
    infrastructure('./notified.cjs').topic(osls),
  ]);
  return [...new Set([...wrong, ...checked.flatMap(({ reason }) => (reason ? [reason.message] : []))])];
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await ensureInstalled();
  const [command, ...args] = process.argv.slice(2);
  const problems = await settingsProblems(args);
  const run = (...given) => spawnSync(process.execPath, given, { stdio: 'inherit', cwd: root }).status ?? 1;
  if (problems.length > 0) console.error(problems.join('\n'));
  process.exitCode =
    problems.length > 0
      ? 1
      : run('scripts/bundle.mjs') || run('node_modules/serverless/bin/serverless.js', command, ...args);
}
