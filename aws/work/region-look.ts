import { inBatches } from '../../core/batches.ts';
import { fewestOthers, isFresh, isPendingIn, type RegionLook } from '../../core/memory/shared-look.ts';
import { lastingFailure } from '../../core/errors.ts';
import { amiOfWait, imageWaitsFolder } from '../../core/memory/documents.ts';
import type { Connection } from '../connection.ts';
import { codeOf } from '../errors.ts';
import { imagesOf } from '../images/images.ts';
import { listArtifacts, type Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace, write } from '../memory/documents.ts';

/** Where the looks are shared, with the log of the function. */
interface SharedLooks extends Artifacts {
  log: (line: Record<string, unknown>) => void;
}

const waitedFor = async (artifacts: Artifacts, region: string): Promise<string[]> =>
  (await listArtifacts(artifacts, imageWaitsFolder({ region }))).flatMap(({ key }) => amiOfWait(key) ?? []);

/** Whether enough builds wait for AMIs in a region to share their looks. A bucket that refuses the question says no. */
export const isCrowded = (artifacts: SharedLooks, region: string): Promise<boolean> =>
  unlessRefused(artifacts, region, async () => (await waitedFor(artifacts, region)).length >= fewestOthers);

/**
 * Whether an AMI is pending as far as a look tells that all builds share: one call for all AMIs that are waited for in the region.
 * The build whose write replaces the old look takes the new one. The others go on with what the old one saw. No build relies on
 * that: an AMI that is not known as pending is looked at on its own.
 * @param fresh How old a shared look may be, in seconds.
 */
export const isPendingByShared = (
  artifacts: SharedLooks,
  { region, ...awaited }: { region: string; ami: string; since: string },
  fresh: number,
  now: Date,
): Promise<boolean> =>
  unlessRefused(artifacts, region, async () => {
    const known = await readVersioned(artifacts, { region }, 'regionLook');
    if (known && isFresh(known.content, fresh, now)) return isPendingIn(known.content, awaited);
    const claim: RegionLook = { at: now.toISOString(), states: known?.content.states ?? {} };
    if (!(await replace(artifacts, { region }, 'regionLook', claim, known ?? 'nothing')))
      return isPendingIn({ ...claim, at: known?.content.at ?? '' }, awaited);
    const states = await statesOf(artifacts.aws, region, await waitedFor(artifacts, region));
    await write(artifacts, { region }, 'regionLook', { ...claim, states });
    return isPendingIn({ ...claim, states }, awaited);
  });

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html: at most 200 values for a filter
const mostValues = 200;

async function statesOf(aws: Connection, region: string, amis: string[]): Promise<Record<string, string>> {
  const images = await Promise.all(inBatches(amis, mostValues).map((part) => imagesOf(aws, region, part)));
  return Object.fromEntries(images.flat().map(({ ami, state }) => [ami, state]));
}

/** What was logged of each process, so that a refusal which lasts is logged once there. */
const logged = new WeakMap<Connection, Set<string>>();

async function unlessRefused({ aws, log }: SharedLooks, region: string, ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    const known = logged.get(aws) ?? new Set();
    const refusal = `${region} ${codeOf(error)}`;
    const note = `looks at copies in ${region} are not shared with other builds: ${lastingFailure(error).message}`;
    if (!known.has(refusal)) log({ level: 'WARN', region, note });
    logged.set(aws, known.add(refusal));
    return false;
  }
}
