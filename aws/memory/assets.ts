import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { downloadsOf } from '../../core/guest/remote/downloads.ts';
import type { Plan } from '../../core/build/plan.ts';
import { sha256 as digestOf } from '../../core/digest.ts';
import { textOfStep } from '../../core/guest/remote/step-script.ts';
import { assets } from '../../core/memory/documents.ts';
import { refuseAny, type Problem } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { ask } from '../errors.ts';
import type { Artifacts } from './artifacts.ts';

/** The bucket forgets an object 90 days after it was put. So an object is put again while builds that use it surely still end. */
const renewedAfterDays = 30;

/** The bucket, and what the deployment carries. */
export interface Deployed extends Artifacts {
  now: () => Date;
  archive: (sha256: string) => Promise<Uint8Array | undefined>;
  catalog: () => Promise<Pick<Catalog, 'scripts'>>;
}

/** When an object was put into the bucket. Undefined if it is not there. */
const putAt = ({ aws, bucket }: Artifacts, Key: string): Promise<Date | undefined> =>
  ask(
    { action: 's3:HeadObject', region: aws.region, about: `s3://${bucket}/${Key}` },
    async () => (await aws.client(S3Client).send(new HeadObjectCommand({ Bucket: bucket, Key }))).LastModified,
    { gone: () => undefined },
  );

const put = ({ aws, bucket }: Artifacts, Key: string, Body: Uint8Array | string): Promise<unknown> =>
  ask({ action: 's3:PutObject', region: aws.region, about: `s3://${bucket}/${Key}` }, () =>
    aws.client(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
  );

/** The script of a step by its digest. */
async function largeScript({ catalog }: Deployed, { document }: Plan, sha256: string): Promise<string | undefined> {
  const { scripts } = await catalog();
  const texts = [...document.provision, ...document.checks].flatMap((step) => textOfStep(step, scripts) ?? []);
  return texts.find((text) => digestOf(text) === sha256);
}

/**
 * Puts what the instances of a build will download into the bucket, unless it is there. An object has the name of its digest, so
 * two builds that put the same one do no harm.
 * @throws RecipeInvalid if an object is in neither the bucket nor the deployment, which may be of another version of the recipe.
 */
export async function keepAssets(cloud: Deployed, plan: Plan): Promise<void> {
  const problems: Problem[] = [];
  for (const [sha256, steps] of downloadsOf(plan)) {
    const key = assets.key(sha256);
    const at = await putAt(cloud, key);
    const days = at && (cloud.now().getTime() - at.getTime()) / (24 * 3600 * 1000);
    if (days !== undefined && days < renewedAfterDays) continue;
    const body = (await cloud.archive(sha256)) ?? (await largeScript(cloud, plan, sha256));
    if (body !== undefined) await put(cloud, key, body);
    else if (!at)
      problems.push({
        path: [],
        message: `files or script of "${steps.join('", "')}" (SHA-256 ${sha256}) are neither in s3://${cloud.bucket} nor among what was deployed; start the recipe without "build", so that it takes what is deployed`,
      });
  }
  refuseAny(problems);
}
