import { Failure } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import type { BuildIdentity } from '../core/tags.ts';
import { ask } from './answers.ts';
import type { Connection } from './connection.ts';

/** The artifact bucket: the one memory beside AWS itself. It lives in the pipeline's region. */
export interface Artifacts {
  aws: Connection;
  bucket: string;
}

export const artifactKey = ({ recipe, build }: BuildIdentity, name: string): string =>
  `builds/${recipe}/${build}/${name}`;

// The S3 client is loaded at first use: most looks of a wait need no S3, and it is a third of what a function would load.
const openBucket = () => import('./bucket.ts');

async function readText({ aws, bucket }: Artifacts, key: string, range?: string): Promise<string | undefined> {
  const { getObject } = await openBucket();
  return ask(
    { action: 's3:GetObject', region: aws.region, about: `s3://${bucket}/${key}` },
    () => getObject(aws, bucket, key, range),
    { NoSuchKey: () => undefined },
  );
}

/** A JSON object of the build, undefined where there is none. */
export async function readArtifact<T>(
  artifacts: Artifacts,
  identity: BuildIdentity,
  name: string,
): Promise<T | undefined> {
  const text = await readText(artifacts, artifactKey(identity, name));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

export async function writeArtifact(
  { aws, bucket }: Artifacts,
  identity: BuildIdentity,
  name: string,
  content: unknown,
): Promise<void> {
  const key = artifactKey(identity, name);
  const { putJson } = await openBucket();
  await ask({ action: 's3:PutObject', region: aws.region, about: `s3://${bucket}/${key}` }, () =>
    putJson(aws, bucket, key, `${JSON.stringify(content, null, 2)}\n`),
  );
}

/** The plan that Resolve made. @throws StageInputInvalid where it made none. */
export async function readPlan(artifacts: Artifacts, identity: BuildIdentity): Promise<Plan> {
  const plan = await readArtifact<Plan>(artifacts, identity, 'plan.json');
  if (plan) return plan;
  const key = artifactKey(identity, 'plan.json');
  throw new Failure(
    'StageInputInvalid',
    `there is no plan at s3://${artifacts.bucket}/${key}: Resolve did not run for this build`,
  );
}

/** The last bytes of an object that SSM names by URL; undefined where SSM wrote none. */
export async function readTail(artifacts: Artifacts, url: string, bytes: number): Promise<string | undefined> {
  const key = url.split(`/${artifacts.bucket}/`)[1];
  return key === undefined ? undefined : readText(artifacts, decodeURIComponent(key), `bytes=-${bytes}`);
}
