import { leftBehind, type Manifest } from '../../core/build/manifest.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { imagePublished } from '../../core/report/image-published.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { write } from '../memory/documents.ts';

/** What the functions here call. */
export const tellingPermissions = ['s3:PutObject', 'events:PutEvents'];

/**
 * Puts `Image Published` on the bus, once the manifest that it names is written. May tell the same build again.
 * @returns why EventBridge does not have the event. Undefined if it has, or if the build published nothing.
 */
async function tellPublished(
  { aws, bucket }: Artifacts,
  manifest: Manifest,
  execution: string,
): Promise<{ says: string; busy: boolean } | undefined> {
  const detail = imagePublished(manifest, `s3://${bucket}/${keyOf(manifest, 'manifest')}`);
  if (!detail) return undefined;
  try {
    // Loaded once there is an event: most looks do not need it.
    await (await import('../event-bus.ts')).putImagePublished(aws, execution, detail);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { says: `the event Image Published was not sent: ${error.message}`, busy: error.name === 'AwsTransient' };
  }
}

/**
 * Writes the manifest of a published build, and tells EventBridge. What EventBridge refuses is told in the manifest.
 * @param last Whether EventBridge is not asked again.
 * @returns the manifest as written, or what the next look tries again.
 */
export async function recordManifest(
  artifacts: Artifacts,
  manifest: Manifest,
  execution: string,
  last: boolean,
): Promise<{ manifest: Manifest } | { waiting: string }> {
  await write(artifacts, manifest, 'manifest', manifest);
  const untold = await tellPublished(artifacts, manifest, execution);
  if (!untold) return { manifest };
  if (untold.busy && !last) return { waiting: untold.says };
  const told = { ...manifest, failure: leftBehind([...(manifest.failure?.left ?? []), untold.says]) };
  await write(artifacts, manifest, 'manifest', told);
  return { manifest: told };
}

/**
 * Writes the manifest of a build that failed or died, unless its own CleanUp wrote one before. A build that had published all the
 * same is told: nobody has written down whether its CleanUp came to tell it.
 * @returns what could not be told.
 */
export async function recordLate(
  artifacts: Artifacts & { now: () => Date },
  before: Manifest | undefined,
  manifest: Manifest,
  execution: string,
): Promise<string[]> {
  const { failure } = manifest;
  const stays = before?.status === 'published' ? before : undefined;
  // Loaded only where an execution fails that belongs to a published build.
  const late = async () => (await import('../memory/added-targets.ts')).recordFailedAddition;
  const known = stays && failure ? await (await late())(artifacts, stays, failure, execution) : stays;
  if (!known) await write(artifacts, manifest, 'manifest', manifest);
  const untold = await tellPublished(artifacts, known ?? manifest, execution);
  return untold ? [untold.says] : [];
}
