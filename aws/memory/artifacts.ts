import { Failure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** The artifact bucket, in the pipeline's region: the pipeline's only memory besides AWS itself. */
export interface Artifacts {
  aws: Connection;
  bucket: string;
}

export const artifactKey = ({ recipe, build }: BuildIdentity, name: string): string =>
  `builds/${recipe}/${build}/${name}`;

/**
 * Where SSM stores the output of a build's commands. Builders can write there and nowhere else. The output is therefore only
 * shown to people; no decision depends on it.
 */
export const outputKey = ({ recipe, build }: BuildIdentity, name = ''): string =>
  `commands/${recipe}/${build}${name && `/${name}`}`;

// The S3 client is loaded at first use: most looks need no S3, and it is a third of a function's code.
const openBucket = () => import('./bucket.ts');

/** An object as it was read: its text and its version. */
interface Versioned {
  text: string;
  version: string;
}

export async function readObject(
  { aws, bucket }: Artifacts,
  key: string,
  range?: string,
): Promise<Versioned | undefined> {
  const { getObject } = await openBucket();
  return ask(
    { action: 's3:GetObject', region: aws.region, about: `s3://${bucket}/${key}` },
    () => getObject(aws, bucket, key, range),
    { gone: () => undefined },
  );
}

/** @param over Writes only over this version, or only if there is nothing. @returns false if that no longer holds. */
export async function writeObject(
  { aws, bucket }: Artifacts,
  key: string,
  content: unknown,
  over?: { version: string } | 'nothing',
): Promise<boolean> {
  const { putJson } = await openBucket();
  const condition = over === 'nothing' ? { IfNoneMatch: '*' as const } : over ? { IfMatch: over.version } : {};
  return ask(
    { action: 's3:PutObject', region: aws.region, about: `s3://${bucket}/${key}` },
    async () => {
      await putJson(aws, bucket, key, `${JSON.stringify(content, null, 2)}\n`, condition);
      return true;
    },
    // For an object that is gone, S3 answers If-Match with NoSuchKey, not with PreconditionFailed.
    { answer: () => false, gone: () => false },
  );
}

/** A JSON object of the build; undefined if there is none. */
export async function readArtifact<T>(
  artifacts: Artifacts,
  identity: BuildIdentity,
  name: string,
): Promise<T | undefined> {
  const object = await readObject(artifacts, artifactKey(identity, name));
  return object && (JSON.parse(object.text) as T);
}

export async function writeArtifact(
  artifacts: Artifacts,
  identity: BuildIdentity,
  name: string,
  content: unknown,
): Promise<void> {
  await writeObject(artifacts, artifactKey(identity, name), content);
}

/** Writes an object of the build unless it exists. @returns the stored one. */
export async function keepFirst<T>(
  artifacts: Artifacts,
  identity: BuildIdentity,
  name: string,
  content: T,
): Promise<T> {
  if (await writeObject(artifacts, artifactKey(identity, name), content, 'nothing')) return content;
  const first = await readArtifact<T>(artifacts, identity, name);
  if (first !== undefined) return first;
  const key = artifactKey(identity, name);
  throw new Failure(
    'AwsTransient',
    `s3://${artifacts.bucket}/${key} was there when it was to be written, and is gone now: look again`,
  );
}

/** Keeps a build's first plan. The plan of a resumed build replaces it. */
export async function keepPlan(artifacts: Artifacts, plan: Plan): Promise<Plan> {
  if (plan.resumedAt === undefined) return keepFirst(artifacts, plan, 'plan.json', plan);
  await writeArtifact(artifacts, plan, 'plan.json', plan);
  return plan;
}

/** The plan of an ended build, if there is one. `unjudged` marks the plan: no candidate could judge the image. */
export async function readEndedPlan(
  artifacts: Artifacts,
  identity: BuildIdentity,
  { unjudged = false }: { unjudged?: boolean | undefined } = {},
): Promise<Plan | undefined> {
  const plan = await readArtifact<Plan>(artifacts, identity, 'plan.json');
  if (!plan || !unjudged || plan.unjudged) return plan;
  const marked: Plan = { ...plan, unjudged };
  await writeArtifact(artifacts, identity, 'plan.json', marked);
  return marked;
}

/** The plan that Resolve made. @throws StageInputInvalid if there is none. */
export async function readPlan(artifacts: Artifacts, identity: BuildIdentity): Promise<Plan> {
  const plan = await readArtifact<Plan>(artifacts, identity, 'plan.json');
  if (plan) return plan;
  const key = artifactKey(identity, 'plan.json');
  throw new Failure(
    'StageInputInvalid',
    `there is no plan at s3://${artifacts.bucket}/${key}: Resolve did not run for this build`,
  );
}

/** Objects below a prefix with their sizes in bytes. With a delimiter, also its folders, but not their contents. */
export async function listArtifacts(
  { aws, bucket }: Artifacts,
  prefix: string,
  delimiter?: '/',
): Promise<{ key: string; bytes: number }[]> {
  const { listObjects } = await openBucket();
  return ask({ action: 's3:ListBucket', region: aws.region, about: `s3://${bucket}/${prefix}` }, () =>
    listObjects(aws, bucket, prefix, delimiter),
  );
}

/** The last bytes of an object that SSM names by URL; undefined if SSM wrote none. */
export async function readTail(artifacts: Artifacts, url: string, bytes: number): Promise<string | undefined> {
  const key = url.split(`/${artifacts.bucket}/`)[1];
  return key === undefined
    ? undefined
    : (await readObject(artifacts, decodeURIComponent(key), `bytes=-${bytes}`))?.text;
}
