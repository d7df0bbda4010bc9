// The settings of one deployment, from the arguments of `npm run package` and from serverless.yml.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { declaredFunctions } from '../roles/declared.ts';
import { readDeployment, type ConfiguredDeployment } from './deployment.ts';
import { defaultService } from './names.ts';
import type { Params, DeploymentNames } from './stack-settings.ts';

/** The words that some settings take. Nothing else checks these settings. */
const words: Record<string, string[]> = { dailySweep: ['ENABLED', 'DISABLED'], amazonTopics: ['on', 'off'] };

const options = {
  param: { type: 'string', multiple: true },
  stage: { type: 'string', short: 's' },
  region: { type: 'string', short: 'r' },
} as const;
type Env = Record<string, string | undefined>;

const root = resolve(process.env['GOLDEN_ROOT'] ?? '.');
const functions = declaredFunctions.map(({ key }) => key);

/** The deployment's place, its parameters, and the problems of the parameters' names. */
function read(args: string[], env: Env): { place: DeploymentNames; params: Params; wrong: string[] } {
  const { values } = parseArgs({ args, options, strict: false, allowPositionals: true });
  const { stage = 'dev', region = env['AWS_REGION'] ?? 'us-east-1', param = [] } = values as Record<string, never>;
  const serverless = readFileSync(join(root, 'serverless.yml'), 'utf8');
  const { params = {} } = parse(serverless, { logLevel: 'error' }) as { params?: Record<string, Params> };
  const given = (param as string[]).map(
    (text) => [text.split('=', 1)[0] ?? '', text.slice(text.indexOf('=') + 1)] as const,
  );
  const names = Object.keys(params['default'] ?? {});
  const misspelt = given.filter(([name]) => !names.includes(name));
  const wrong = misspelt.map(([name]) => `--param="${name}=…" is no setting. The settings are ${names.join(', ')}.`);
  return {
    place: { service: env['GOLDEN_SERVICE'] ?? defaultService, stage, region },
    params: { ...params['default'], ...params[stage], ...Object.fromEntries(given) },
    wrong,
  };
}

const hasVariable = (params: Params) => Object.values(params).some((value) => String(value).includes('${'));

/**
 * The parameters with the values of osls' variables, such as `${env:SUBNETS}`. osls itself finds the values. Its configuration for
 * that stands beside serverless.yml, because `${file(…)}` is relative to the configuration's folder.
 */
function lookedUp(params: Params, { service, stage, region }: DeploymentNames): Params {
  const name = `.settings-${process.pid}.yml`;
  const osls = join(root, 'node_modules/serverless/bin/serverless.js');
  const args = [osls, 'print', '--config', name, '--format', 'json', '--stage', stage, '--region', region];
  const content = { service, provider: { name: 'aws', stage, region }, params: { default: params } };
  try {
    writeFileSync(join(root, name), stringify(content));
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`osls finds no value for some settings:\n${problemsIn(stderr + stdout)}`);
    return (JSON.parse(stdout) as { params: { default: Params } }).params.default;
  } finally {
    rmSync(join(root, name), { force: true });
  }
}

/** The lines of osls' output that say what it cannot resolve, with the names of the settings; if it has no such lines, all of it. */
function problemsIn(output: string): string {
  const lines = output.split('\n').filter((line) => line.includes('Cannot resolve variable'));
  const named = lines.map((line) => line.replace(/"params\.default\.(\w+)[^"]*"/, '--param="$1=…"').replace(/,$/, ''));
  return named.toSorted().join('\n') || output;
}

const wordProblems = (params: Params): string[] =>
  Object.entries(words)
    .filter(([name, allowed]) => !allowed.includes(String(params[name])))
    .map(([name, allowed]) => `--param="${name}=…" must be ${allowed.join(' or ')}, not "${String(params[name])}"`);

/** @throws with all problems of the settings. */
export function deploymentOf(args: string[], env: Env = process.env): ConfiguredDeployment {
  const { place, params, wrong } = read(args, env);
  if (hasVariable(params) && wrong.length > 0) throw new Error(wrong.join('\n'));
  const values = hasVariable(params) ? lookedUp(params, place) : params;
  const { deployment, problems = [] } = readDeployment(place, values, functions);
  const all = [...wrong, ...wordProblems(values), ...problems];
  if (all.length > 0 || !deployment) throw new Error(all.join('\n'));
  return deployment;
}
