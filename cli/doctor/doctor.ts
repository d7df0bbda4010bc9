import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { callerArn } from '../../aws/caller.ts';
import { lacksCredentials } from '../../aws/executions/machines.ts';
import { listObjects } from '../../aws/memory/bucket.ts';
import { beginDriftDetection, driftDetection, driftedResources } from '../../aws/stack-drift.ts';
import { describeStack } from '../../aws/stacks.ts';
import { ask } from '../../aws/errors.ts';
import { driftCheck, nodeCheck, stackCheck, versionChecks, type DoctorCheck } from '../../core/doctor/checks.ts';
import { Failure } from '../../core/errors.ts';
import { codeVersion, recipesVersion } from '../../infrastructure/deployed-version.ts';
import { findPipeline, pipelineRegion, type Pipeline } from '../deployed/deployment.ts';
import { readRecipeFolder } from '../recipes/recipe-folder.ts';
import { Refusal } from '../refused.ts';
import { forPeople, type Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';
import { checkText } from './check-text.ts';

interface DoctorOptions {
  stage: string;
  region?: string;
  json?: boolean;
  /** false: without the comparison of the stack, which takes a minute. */
  drift: boolean;
}

/** Looks at everything that the verbs need, and says what to do about what is wrong. Changes nothing. */
export async function doctor(options: DoctorOptions, terminal: Terminal, surroundings: Surroundings): Promise<number> {
  const { write, sheet } = forPeople(terminal, options.json ?? false);
  const checks: DoctorCheck[] = [];
  for await (const check of look(options, surroundings)) {
    checks.push(check);
    if (!options.json) write(checkText(check, sheet));
  }
  const wrong = checks.filter(({ status }) => status === 'wrong').length;
  if (options.json) terminal.out(`${JSON.stringify({ status: wrong > 0 ? 'wrong' : 'right', checks }, null, 2)}\n`);
  return wrong > 0 ? 1 : 0;
}

async function* look(options: DoctorOptions, surroundings: Surroundings): AsyncGenerator<DoctorCheck> {
  const root = resolve(process.env['GOLDEN_ROOT'] ?? '.');
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  yield nodeCheck(process.versions.node, engines.node.replace(/^\D+/, ''));
  const region = await pipelineRegion(options.region, surroundings);
  yield {
    name: 'region',
    status: 'right',
    says: `${region}${options.region === undefined ? '; --region names another' : ''}`,
  };
  const caller = await tried('credentials', async () => {
    const arn = await callerArn(surroundings.connect(region));
    return { name: 'credentials', status: 'right', says: arn };
  });
  yield caller;
  if (caller.status !== 'right')
    return yield* unseen(['deployment', 'code', 'recipes', 'bucket', 'stack', 'drift'], 'needs credentials');
  let pipeline: Pipeline | undefined;
  yield await tried('deployment', async () => {
    pipeline = await findPipeline({ ...options, region }, surroundings);
    const off = pipeline.automaticBuilds === false;
    return {
      name: 'deployment',
      status: off ? 'note' : 'right',
      says: `${pipeline.machine}${off ? '; automatic builds are off, so nothing starts by itself' : ''}`,
      ...(off && { todo: 'deploy with --param="automaticBuilds=on" once builds by hand work' }),
    };
  });
  if (!pipeline) return yield* unseen(['code', 'recipes', 'bucket', 'stack', 'drift'], 'needs a deployment');
  const { catalog, problems } = await readRecipeFolder(join(root, 'recipes'));
  const here = { code: codeVersion(root), recipes: recipesVersion(catalog) };
  yield* versionChecks(
    pipeline.versions,
    here,
    problems.flatMap((text) => text.split('\n')),
  );
  yield await tried('bucket', () => reachBucket(pipeline as Pipeline));
  yield* lookAtStack(options, pipeline, surroundings);
}

function* unseen(names: string[], says: string): Generator<DoctorCheck> {
  for (const name of names) yield { name, status: 'unknown', says };
}

/** A check, or why AWS did not let us look. */
async function tried(name: string, look: () => Promise<DoctorCheck>): Promise<DoctorCheck> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Refusal) return { name, status: 'wrong', says: error.message };
    if (!(error instanceof Failure)) throw error;
    if (!lacksCredentials(error)) return { name, status: 'unknown', says: error.message };
    const todo = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again';
    return { name, status: 'wrong', says: error.message, todo };
  }
}

async function reachBucket({ aws, bucket }: Pipeline): Promise<DoctorCheck> {
  await ask({ action: 's3:ListBucket', region: aws.region, about: bucket }, () =>
    listObjects(aws, bucket, 'builds/-/'),
  );
  return { name: 'bucket', status: 'right', says: `${bucket} can be read` };
}

const waitMs = 5_000;
const longestMs = 15 * 60_000;

async function* lookAtStack(
  { drift, stage }: DoctorOptions,
  { aws }: Pipeline,
  surroundings: Surroundings,
): AsyncGenerator<DoctorCheck> {
  const name = `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-${stage}`;
  const stack = await tried('stack', async () => stackCheck(name, await describeStack(aws, aws.region, name)));
  yield stack;
  if (!drift) return yield* unseen(['drift'], 'not looked at (--no-drift)');
  if (stack.status !== 'right') return yield* unseen(['drift'], 'needs a stack that is done');
  yield await tried('drift', async () => {
    const id = await beginDriftDetection(aws, name);
    const until = surroundings.now() + longestMs;
    let seen = await driftDetection(aws, id);
    while (seen.status === 'DETECTION_IN_PROGRESS' && surroundings.now() < until) {
      await surroundings.sleep(waitMs, new AbortController().signal);
      seen = await driftDetection(aws, id);
    }
    const drifted = await driftedResources(aws, name);
    if (seen.status === 'DETECTION_COMPLETE' || drifted.length > 0) return driftCheck(drifted);
    return {
      name: 'drift',
      status: 'unknown',
      says: `CloudFormation did not compare all: ${seen.reason ?? seen.status}`,
    };
  });
}
