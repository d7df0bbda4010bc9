import { readFile } from 'node:fs/promises';
import type { Artifacts } from '../aws/memory/artifacts.ts';
import { connect, type Connection } from '../aws/connection.ts';
import { parseSettings, type DeploymentSettings } from '../core/deployment/deployment-settings.ts';
import type { Catalog } from '../core/recipe/recipe.ts';
import type { BuildIdentity } from '../core/tags.ts';

/** What a stage works with: the way to AWS, the bucket, the clock, the recipes. */
export interface Cloud extends Artifacts {
  now: () => Date;
  catalog: () => Promise<Catalog>;
  /** ARN of build-image, for functions that start builds. */
  machine: string;
  /** Name of this deployment: service and stage. */
  deployment: string;
  /** What the deployment says of itself, its bounds and its defaults for recipes. */
  settings: DeploymentSettings;
  /** ARN of the SNS topic of whoever wants to know how builds end. */
  topic: string;
  /** Writes one structured line, with the recipe and build that the function was called about. */
  log: (line: Record<string, unknown>) => void;
  /** Says which build this call turned out to be about, where its payload does not name one. */
  about: (build: BuildIdentity) => void;
  /** Does something every so many seconds until the returned function is called. A failure is told, and the work goes on. */
  every: (seconds: number, work: () => Promise<void>, failed: (error: Error) => void) => () => void;
}

/** What a function finds when it is called, before its shell knows what the call is about. */
export type Surroundings = Omit<Cloud, 'about'>;

let connection: Connection | undefined;

/** The cloud that a deployed function works with: AWS, and what the stack says in the function's environment. */
export function deployedCloud(): Surroundings {
  const { AWS_REGION = '', GOLDEN_BUCKET: bucket = '', GOLDEN_CATALOG = '', GOLDEN_SETTINGS } = process.env;
  const { GOLDEN_MACHINE: machine = '', GOLDEN_DEPLOYMENT: deployment = '', GOLDEN_TOPIC: topic = '' } = process.env;
  connection ??= connect(AWS_REGION);
  return {
    aws: connection,
    bucket,
    machine,
    now: () => new Date(),
    catalog: async () => JSON.parse(await readFile(GOLDEN_CATALOG, 'utf8')) as Catalog,
    deployment,
    settings: parseSettings(GOLDEN_SETTINGS),
    topic,
    // Not by console.log: whatever the log format, Lambda puts that into a line of its own, and then no metric is found in it.
    log: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
    every(seconds, work, failed) {
      const timer = setInterval(() => void work().catch(failed), seconds * 1000);
      return () => clearInterval(timer);
    },
  };
}
