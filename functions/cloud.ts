import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Artifacts } from '../aws/memory/artifacts.ts';
import { connect, type Connection } from '../aws/connection.ts';
import { parseSettings, type DeploymentSettings } from '../core/deployment/deployment-settings.ts';
import type { Catalog } from '../core/recipe/types.ts';
import type { BuildIdentity } from '../core/tags.ts';

/** What every stage works with: the connection to AWS, the bucket, the clock, the recipes. */
export interface StageContext extends Artifacts {
  now: () => Date;
  catalog: () => Promise<Catalog>;
  /** The archive of files with this digest. Undefined if the deployment does not carry it. */
  archive: (sha256: string) => Promise<Uint8Array | undefined>;
  /** The bucket of stored AMIs, for functions that archive. */
  archives: string;
  /** ARN of build-image, for functions that start builds. */
  machine: string;
  /** Name of this deployment: service and stage. */
  deployment: string;
  /** The deployment's settings: its bounds and its defaults for recipes. */
  settings: DeploymentSettings;
  /** ARN of the SNS topic for people who want to know how builds end. */
  topic: string;
  /** Writes one structured log line, with the recipe and build of this call. */
  log: (line: Record<string, unknown>) => void;
  /** Sets the build that this call turned out to be about, if its payload does not name one. */
  about: (build: BuildIdentity) => void;
  /** Lets a number of seconds pass. */
  pause: (seconds: number) => Promise<void>;
}

/** What a function has when it is called, before the shell knows which build the call is about. */
export type CalledWith = Omit<StageContext, 'about'>;

function absent(error: unknown): undefined {
  if ((error as { code?: string }).code !== 'ENOENT') throw error;
}

let connection: Connection | undefined;

/** The cloud of a deployed function: AWS, and the settings that the stack put into the function's environment. */
export function deployedCloud(): CalledWith {
  const { AWS_REGION = '', GOLDEN_BUCKET: bucket = '', GOLDEN_CATALOG = '', GOLDEN_SETTINGS } = process.env;
  const { GOLDEN_MACHINE: machine = '', GOLDEN_DEPLOYMENT: deployment = '', GOLDEN_TOPIC: topic = '' } = process.env;
  const { GOLDEN_ARCHIVES: archives = '' } = process.env;
  connection ??= connect(AWS_REGION);
  return {
    aws: connection,
    bucket,
    archives,
    machine,
    now: () => new Date(),
    catalog: async () => JSON.parse(await readFile(GOLDEN_CATALOG, 'utf8')) as Catalog,
    archive: (sha256) => readFile(join(dirname(GOLDEN_CATALOG), 'archives', sha256)).catch(absent),
    deployment,
    settings: parseSettings(GOLDEN_SETTINGS),
    topic,
    // Not console.log: Lambda wraps its output in a line of its own in any log format, and CloudWatch then finds no metric in it.
    log: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
    pause: (seconds) => setTimeout(seconds * 1000),
  };
}
