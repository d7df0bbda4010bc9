// The settings of one deployment, from the arguments of `npm run package` and from serverless.yml.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { declaredFunctions } from '../roles/declared.ts';
import { readDeployment, type Deployment } from './deployment.ts';
import { defaultService } from './names.ts';
import type { Params, Place } from './stack-settings.ts';

/** Settings that take one of some words and that nothing else checks. */
const words: Record<string, string[]> = { dailySweep: ['ENABLED', 'DISABLED'], amazonTopics: ['on', 'off'] };

const options = {
  param: { type: 'string', multiple: true },
  stage: { type: 'string', short: 's' },
  region: { type: 'string', short: 'r' },
} as const;
type Env = Record<string, string | undefined>;

const root = resolve(process.env['GOLDEN_ROOT'] ?? '.');
const functions = declaredFunctions.map(({ key }) => key);

/** The deployment's place, its parameters, and the problems of the parameters' names and words. */
function read(args: string[], env: Env): { place: Place; params: Params; wrong: string[] } {
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const { stage = 'dev', region = env['AWS_REGION'] ?? 'us-east-1', param = [] } = values as Record<string, never>;
  const serverless = readFileSync(join(root, 'serverless.yml'), 'utf8');
  const { params = {} } = parse(serverless, { logLevel: 'error' }) as { params?: Record<string, Params> };
  const given = (param as string[]).map(
    (text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)] as const,
  );
  const names = Object.keys(params['default'] ?? {});
  const wrong = given.flatMap(([name, value]) => {
    if (!names.includes(name)) return [`--param="${name}=…" is no setting; the settings are ${names.join(', ')}`];
    const allowed = words[name];
    const taken = !allowed || allowed.includes(value) || value.includes('${');
    return taken ? [] : [`--param="${name}=…" must be ${allowed.join(' or ')}, not "${value}"`];
  });
  return {
    place: { service: env['GOLDEN_SERVICE'] ?? defaultService, stage, region },
    params: { ...params['default'], ...params[stage], ...Object.fromEntries(given) },
    wrong,
  };
}

const hasVariable = (params: Params) => Object.values(params).some((value) => String(value).includes('${'));

/** The parameters with the values of osls' variables, such as `${env:SUBNETS}`. osls itself looks them up, in a folder of its own. */
function lookedUp(params: Params, { service, stage, region }: Place): Params {
  const folder = mkdtempSync(join(tmpdir(), 'golden-settings-'));
  try {
    writeFileSync(
      join(folder, 'serverless.yml'),
      stringify({ service, provider: { name: 'aws', stage, region }, custom: { params } }),
    );
    const osls = join(root, 'node_modules/serverless/bin/serverless.js');
    const args = [osls, 'print', '--format', 'json', '--stage', stage, '--region', region];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`osls cannot look up the settings: ${stderr}${stdout}`);
    return (JSON.parse(stdout) as { custom: { params: Params } }).custom.params;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The problems of the settings that can be found without osls. Values that osls has to look up are checked by `deploymentOf`. */
export function settingsProblems(args: string[], env: Env = process.env): string[] {
  const { place, params, wrong } = read(args, env);
  if (hasVariable(params)) return wrong;
  return [...wrong, ...(readDeployment(place, params, functions).problems ?? [])];
}

/** @throws with all problems of the settings. */
export function deploymentOf(args: string[], env: Env = process.env): Deployment {
  const { place, params, wrong } = read(args, env);
  const { deployment, problems } = readDeployment(
    place,
    hasVariable(params) ? lookedUp(params, place) : params,
    functions,
  );
  if (wrong.length > 0 || !deployment) throw new Error([...wrong, ...(problems ?? [])].join('\n'));
  return deployment;
}
