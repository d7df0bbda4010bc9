import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  type HistoryEvent,
  StartExecutionCommand,
  type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simulatedSettings } from '../../simulator/pipeline/simulated-settings.ts';
import { motoClients, makeCopyTarget, someCredentials as credentials, type Clients } from './accounts.ts';
import { startBridge } from './bridge.ts';
import { deployRules, wakeFunction } from './rules.ts';
import { createLambda } from './lambda.ts';
import { createLayer, type Layer } from './layer.ts';
import type { Faults } from './layer/faults.ts';
import { startServer } from './server.ts';
import { motoAccount, putObject, query, send } from './wire.ts';

export const motoHome = 'us-east-1';
export const bucket = 'golden-image-artifacts';
export const archiveBucket = 'golden-image-archives';
const root = process.cwd();
/** Where the bundles are: scripts/test-moto.mjs makes a set of its own, so that nobody's `npm run bundle` is in the way. */
export const dist = process.env['GOLDEN_MOTO_DIST'] ?? join(root, 'dist');
const here = join(root, 'test/moto');
// A build takes half a minute, on a busy machine five; one that does not end would hang the suite.
const patienceSeconds = 900;

/** How a build-image machine of its own is set up for one scenario. */
export interface Setup {
  faults?: Faults;
  /** Bundles to take instead of the built ones, by function key. */
  bundles?: Record<string, string>;
  /** The machine to upload; default build-image. */
  machine?:
    | 'build-image'
    | 'plan-build'
    | 'move-channel'
    | 'share-image'
    | 'retire-images'
    | 'archive-image'
    | 'clean-up-build'
    | 'sweep';
  /** Changes the definition's text before it is uploaded. */
  definition?: (text: string) => string;
}

/** The pipeline on moto: its own Step Functions, EC2, SSM and S3, with our bundles behind its Lambda tasks. */
export interface Lab extends Clients {
  layer: Layer;
  /** Calls of `wake` that failed. EventBridge's target waits for no answer. */
  unheard: string[];
  /** Uploads the state machine for a scenario. Returns its ARN. */
  deploy(scenario: string, setup?: Setup): Promise<string>;
  start(machine: string, name: string, input: unknown): Promise<string>;
  finish(execution: string): Promise<DescribeExecutionCommandOutput>;
  /** Waits until an execution has entered a state. */
  reach(execution: string, state: string): Promise<boolean>;
  entered(execution: string): Promise<string[]>;
  /** The states whose heartbeat ran out, once for each time. */
  missedBeats(execution: string): Promise<string[]>;
  sfn: SFNClient;
  artifact(key: string, from?: string): Promise<string | undefined>;
  /** Puts an object into the bucket, as an earlier build would have. */
  keep(key: string, content: unknown): Promise<void>;
  /** Makes a bucket with a file. */
  putFile(bucket: string, key: string, content: string): Promise<void>;
  /** Runs a command line of the project's own, as its user would who has this account's credentials. */
  golden(...args: string[]): Promise<{ exitCode: number | null; out: string; err: string }>;
  /** Runs a verb with --json that must end well. @returns what it prints. */
  goldenJson<T>(...args: string[]): Promise<T>;
  /** Runs `golden regions --apply` for a target region of the examples. From now on its events come to the pipeline. */
  makeRegionStack(region: string): Promise<void>;
  /** Makes the role of an account that takes copies. @returns clients of that account. */
  makeCopyTarget(account: string, externalId?: string): Promise<Clients>;
  /** Makes a role in the pipeline's account. */
  makeRole(name: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The deployed definition, its Lambda ARNs filled in as CloudFormation does. One number is another, since time is real here and
 * moto shows all at once: how long Compensate and UndoMove look for what shows late.
 */
function definitionOf(scenario: string, machine: string): string {
  const text = readFileSync(join(root, `statemachines/${machine}.asl.json`), 'utf8');
  return text
    .replaceAll(/"settleSeconds": \d+/g, '"settleSeconds": 3')
    .replaceAll('${Partition}', 'aws')
    .replaceAll(/\$\{(\w)(\w*)Arn\}/g, (_, first: string, rest: string) => {
      return `arn:aws:lambda:${motoHome}:${motoAccount}:function:golden-image-${scenario}-${first.toLowerCase()}${rest}`;
    });
}

interface Parts {
  scenario: string;
  functionKey: string;
}

const partsOf = (functionName: string): Parts => {
  const [, scenario = '', functionKey = ''] = /golden-image-(.+)-(\w+)$/.exec(functionName) ?? [];
  return { scenario, functionKey };
};

/** Who is called. The rules of all scenarios call one `wake`, which then belongs to the scenario of the event's thing. */
function calledBy(functionName: string, payload: string, layer: Layer): Parts {
  if (functionName !== wakeFunction) return partsOf(functionName);
  const { detail } = JSON.parse(payload) as { detail: Record<string, string> };
  const about = detail['ImageId'] ?? detail['instance-id'] ?? detail['command-id'] ?? '';
  return { scenario: layer.events.scenarioOf(about) ?? '', functionKey: 'wake' };
}

/** The environment of a function, as a deployment sets it. */
const environmentOf = (port: number, catalog: string): NodeJS.ProcessEnv => ({
  ...onBridge(port),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  GOLDEN_BUCKET: bucket,
  GOLDEN_ARCHIVES: archiveBucket,
  GOLDEN_CATALOG: catalog,
  GOLDEN_DEPLOYMENT: 'golden-image-dev',
  GOLDEN_SETTINGS: JSON.stringify(simulatedSettings),
});

/** Runs `golden regions --apply`, with a machine of its own, by whose tags the command finds the bucket. */
async function applyRegionStack(region: string, { deploy, golden }: Pick<Lab, 'deploy' | 'golden'>): Promise<void> {
  await deploy('regions');
  const words = ['regions', region, '--apply', '--recipes', 'examples', '--stage', 'regions', '--json'];
  const { exitCode, out, err } = await golden(...words);
  if (exitCode !== 0 || !out.includes('"create"')) throw new Error(`golden ${words.join(' ')}: ${out}${err}`);
}

/**
 * Starts moto, the bridge and the layer, and makes what the pipeline expects of an account: a bucket, an instance profile.
 * @param catalog File with the deployed recipes. The functions read it at every call.
 */
export async function openLab({ catalog = 'dist/resolve/recipes.json' } = {}): Promise<Lab> {
  const replaced = new Map<string, string>();
  const unheard: string[] = [];
  const bridge = await startBridge({
    caller: (functionName, payload) => calledBy(functionName, payload, layer),
    unheard: (functionName, error) => void unheard.push(`${functionName}: ${error}`),
    invoke(functionName, payload, trace) {
      const { scenario, functionKey } = calledBy(functionName, payload, layer);
      const bundle = replaced.get(`${scenario} ${functionKey}`) ?? join(dist, functionKey);
      return lambda.invoke(bundle, `golden-image-dev-${functionKey}`, payload, trace);
    },
    answer: (call, caller) => layer.answer(call, caller),
    pass: (call) => send(server.port, call),
  });
  const runtime = join(here, 'lambda-runtime.mjs');
  const lambda = createLambda({ root: join(dist, '..'), runtime, env: environmentOf(bridge.port, catalog) });
  const server = await startServer(bridge.port, here);
  const layer = createLayer(server.port);
  for (const made of [bucket, archiveBucket])
    await send(server.port, { method: 'PUT', path: `/${made}`, headers: { host: '127.0.0.1' }, body: '' });
  await makeProfile(server.port, 'golden-image-builder');
  await deployRules(server.port, motoHome);

  const endpoint = `http://127.0.0.1:${server.port}`;
  const config = (region: string) => ({ region, credentials, endpoint, maxAttempts: 1 });
  const sfn = new SFNClient(config(motoHome));
  const lab: Lab = {
    layer,
    unheard,
    sfn,
    ...motoClients(server.port),
    async deploy(scenario, { faults = {}, bundles = {}, ...setup } = {}) {
      layer.plan(scenario, faults);
      for (const [key, folder] of Object.entries(bundles)) replaced.set(`${scenario} ${key}`, folder);
      return uploadMachine(sfn, scenario, setup);
    },
    ...executionsOn(sfn),
    ...objectsIn(new S3Client({ ...config(motoHome), forcePathStyle: true })),
    golden: (...args) => runGolden(bridge.port, args),
    async goldenJson<T>(...args: string[]) {
      const { exitCode, out, err } = await lab.golden(...args, '--json');
      if (exitCode !== 0) throw new Error(`golden ${args.join(' ')} ended with ${exitCode}: ${err}`);
      return JSON.parse(out) as T;
    },
    makeRegionStack: (region) => applyRegionStack(region, lab),
    makeCopyTarget: (account, externalId = '') =>
      makeCopyTarget(server.port, motoHome, account, { pipeline: 'golden-image', externalId }),
    makeRole: (name) => makeRole(server.port, name),
    async putFile(to, key, content) {
      await send(server.port, { method: 'PUT', path: `/${to}`, headers: { host: '127.0.0.1' }, body: '' });
      await putObject(server.port, to, key, content);
    },
    async stop() {
      layer.stop();
      lambda.stop();
      await bridge.stop();
      server.stop();
    },
  };
  return lab;
}

const iam = { service: 'iam', version: '2010-05-08' };

async function makeRole(port: number, RoleName: string): Promise<void> {
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await query(port, motoHome, { Action: 'CreateRole', RoleName, AssumeRolePolicyDocument }, iam);
}

/** An instance profile with a role, as infrastructure/builder.ts makes it. */
async function makeProfile(port: number, name: string): Promise<void> {
  const [InstanceProfileName, RoleName] = [name, name];
  await query(port, motoHome, { Action: 'CreateInstanceProfile', InstanceProfileName }, iam);
  await makeRole(port, RoleName);
  await query(port, motoHome, { Action: 'AddRoleToInstanceProfile', InstanceProfileName, RoleName }, iam);
}

/** The environment of a process whose AWS calls go to the bridge. */
const onBridge = (port: number) => ({
  AWS_REGION: motoHome,
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

async function uploadMachine(
  sfn: SFNClient,
  scenario: string,
  { machine = 'build-image', definition = (text) => text }: Pick<Setup, 'machine' | 'definition'>,
): Promise<string> {
  const created = await sfn.send(
    new CreateStateMachineCommand({
      name: `golden-image-${scenario}-${machine}`,
      definition: definition(definitionOf(scenario, machine)),
      roleArn: `arn:aws:iam::${motoAccount}:role/golden-image-build-image`,
      // as infrastructure/state-machine.yml
      tags: [
        { key: 'golden:bucket', value: bucket },
        { key: 'golden:event-forwarder', value: `arn:aws:iam::${motoAccount}:role/golden-image-event-forwarder` },
      ],
    }),
  );
  return created.stateMachineArn ?? '';
}

function executionsOn(sfn: SFNClient): Pick<Lab, 'start' | 'finish' | 'reach' | 'entered' | 'missedBeats'> {
  async function historyOf(executionArn: string): Promise<HistoryEvent[]> {
    const { events = [] } = await sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
    return events;
  }
  async function entered(executionArn: string): Promise<string[]> {
    const events = await historyOf(executionArn);
    return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
  }
  async function until<T>(execution: string, what: string, poll: () => Promise<T | undefined>): Promise<T> {
    for (const began = Date.now(); Date.now() - began < patienceSeconds * 1000; await sleep(400)) {
      const seen = await poll();
      if (seen !== undefined) return seen;
    }
    const last = (await entered(execution)).slice(-5).join(', ');
    throw new Error(`${execution} has not ${what} in ${patienceSeconds} s; it was last in ${last}`);
  }
  return {
    async start(stateMachineArn, name, input) {
      const started = await sfn.send(
        new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      return started.executionArn ?? '';
    },
    finish: (executionArn) =>
      until(executionArn, 'ended', async () => {
        const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
        return described.status === 'RUNNING' ? undefined : described;
      }),
    reach: (execution, state) =>
      until(execution, `entered ${state}`, async () => {
        const { status } = await sfn.send(new DescribeExecutionCommand({ executionArn: execution }));
        if ((await entered(execution)).includes(state)) return true;
        if (status !== 'RUNNING') throw new Error(`${execution} ended as ${status} before ${state}`);
        return undefined;
      }),
    entered,
    async missedBeats(executionArn) {
      const events = new Map((await historyOf(executionArn)).map((event) => [event.id ?? 0, event]));
      const stateOf = (event: HistoryEvent | undefined): string =>
        event?.stateEnteredEventDetails?.name ?? (event ? stateOf(events.get(event.previousEventId ?? 0)) : '');
      return [...events.values()].filter(({ type }) => type === 'TaskTimedOut').map(stateOf);
    },
  };
}

function objectsIn(s3: S3Client): Pick<Lab, 'artifact' | 'keep'> {
  return {
    async artifact(key, from = bucket) {
      try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: from, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if ((error as Error).name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async keep(Key, content) {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(content) }));
    },
  };
}

async function runGolden(port: number, args: string[]): ReturnType<Lab['golden']> {
  const child = spawn(process.execPath, [join(root, 'scripts/golden.mjs'), ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: dist, // without the configuration of this test's user
      ...onBridge(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (err += String(chunk)));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, out, err };
}
