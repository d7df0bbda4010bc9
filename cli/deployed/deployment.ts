import { setTimeout as pause } from 'node:timers/promises';
import { connect, type Connection } from '../../aws/connection.ts';
import { describeExecution, isAlive } from '../../aws/executions/executions.ts';
import type { Artifacts } from '../../aws/memory/artifacts.ts';
import { lacksCredentials, listMachines, machineTags, startExecution } from '../../aws/executions/machines.ts';
import type { DeployedVersions } from '../../core/doctor/checks.ts';
import { Failure } from '../../core/errors.ts';
import { knownRegions } from '../../core/recipe/regions.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';

/** The pipeline to use, by the names it was deployed with. */
export interface DeploymentOptions {
  region: string;
  stage: string;
}

type MachineName = 'build-image' | 'clean-up-build' | 'move-channel' | 'share-image' | 'sweep';

/** How an execution ended. `output` is JSON. */
interface Ended {
  status: string;
  output?: string | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/** A deployed pipeline, or a simulated one. */
export interface Deployment {
  /** @returns ARN of the execution. */
  start(machine: MachineName, input: unknown): Promise<string>;
  /** Waits until an execution has ended. */
  ended(execution: string): Promise<Ended>;
}

/** The pipeline does not exist, or AWS refuses access; nothing was done. The message says what to do about it. */
class Unreachable extends Refusal {}

/** Puts a refusal by AWS into words for a terminal; any other error is thrown unchanged. */
export function unreachable(error: unknown): Unreachable {
  if (!(error instanceof Failure)) throw error;
  if (!lacksCredentials(error)) return new Unreachable(error.message, { cause: error });
  const how = 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in again';
  return new Unreachable(`AWS has no valid credentials from here; ${how}\n${error.message}`, { cause: error });
}

/** ARN of a state machine of the pipeline, by the name that the deployment gives it. @throws Unreachable */
async function machineOf(aws: Connection, stage: string, machine: MachineName): Promise<string> {
  const name = `${process.env['GOLDEN_SERVICE'] ?? 'golden-image'}-${stage}-${machine}`;
  const machines = await listMachines(aws);
  const found = machines.get(name);
  if (found) return found;
  const others = [...machines.keys()].filter((one) => one.endsWith(`-${machine}`));
  throw new Unreachable(
    `there is no state machine ${name} in ${aws.region}; deploy the pipeline (npm run deploy), or say with --stage and --region which one is meant${others.length > 0 ? ` (there is ${others.join(', ')})` : ''}`,
  );
}

/** @param surroundings Replaces access to AWS and waiting in tests. */
export function openDeployment(
  { region, stage }: DeploymentOptions,
  {
    aws = connect(region),
    now = () => Date.now(),
    wait = (seconds: number) => pause(seconds * 1000),
  }: { aws?: Connection; now?: () => number; wait?: (seconds: number) => Promise<unknown> } = {},
): Deployment {
  return {
    async start(machine, input) {
      try {
        const found = await machineOf(aws, stage, machine);
        return (await startExecution(aws, found, `cli-${Math.floor(now())}`, input)).arn;
      } catch (error) {
        throw error instanceof Unreachable ? error : unreachable(error);
      }
    },
    async ended(execution) {
      for (;;) {
        const seen = await describeExecution(aws, execution);
        const { status = 'UNKNOWN', output, error, cause } = seen ?? {};
        if (!isAlive(seen)) return { status, output, error, cause };
        await wait(2);
      }
    },
  };
}

/** Starts an execution and waits for its end. If AWS refuses access, prints why and returns undefined. */
export async function runToEnd(
  deployment: Deployment,
  machine: MachineName,
  input: unknown,
  terminal: Pick<Terminal, 'err'>,
): Promise<Ended | undefined> {
  try {
    const execution = await deployment.start(machine, input);
    terminal.err(`  ${execution}\n`);
    return await deployment.ended(execution);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    terminal.err(`${error.message}\n`);
    return undefined;
  }
}

/** Bytes of an execution's input: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const inputLimit = 262_144;

export interface PipelineOptions {
  stage: string;
  region?: string;
  json?: boolean;
}

/** A deployed pipeline: the state machine of its builds, and their bucket. */
export interface Pipeline extends Artifacts {
  /** ARN of build-image. */
  machine: string;
  /** Whether builds start by themselves; undefined if an earlier version is deployed. */
  automaticBuilds: boolean | undefined;
  /** ARN of the role that sends events from other regions; undefined if an earlier version is deployed. */
  forwarder: string | undefined;
  /** What was deployed; undefined if an earlier version is deployed. */
  versions: DeployedVersions;
  /** The options with which a later command line finds the same pipeline, each preceded by a space. */
  options: string;
}

/** The region of the pipeline that a command line means. @throws Refusal if there is no such region. */
export async function pipelineRegion(given: string | undefined, surroundings: Surroundings): Promise<string> {
  const region = given ?? (await surroundings.region());
  if (!knownRegions.includes(region)) throw new Refusal(`--region ${region}: there is no such region`);
  return region;
}

/**
 * Finds a deployed pipeline: its build machine by name, its bucket by a tag of that machine.
 * @throws Refusal if there is none; the message says where the search was.
 */
export async function findPipeline(
  { stage, region: given }: PipelineOptions,
  surroundings: Surroundings,
): Promise<Pipeline> {
  const aws = surroundings.connect(await pipelineRegion(given, surroundings));
  const machine = await machineOf(aws, stage, 'build-image');
  const tags = await machineTags(aws, machine);
  const { 'golden:bucket': bucket, 'golden:automatic-builds': automatic, 'golden:event-forwarder': forwarder } = tags;
  if (!bucket)
    throw new Refusal(`${machine} has no tag golden:bucket: an earlier version was deployed there; deploy again`);
  const options = `${stage === 'dev' ? '' : ` --stage ${stage}`}${given ? ` --region ${given}` : ''}`;
  return {
    aws,
    bucket,
    machine,
    forwarder,
    versions: { code: tags['golden:version'], recipes: tags['golden:recipes'] },
    automaticBuilds: automatic === undefined ? undefined : automatic === 'on',
    options,
  };
}

/** The ARN of another state machine of a pipeline, such as `move-channel`. */
export const siblingMachine = ({ machine }: Pick<Pipeline, 'machine'>, name: string): string =>
  machine.replace(/build-image$/, name);
