import { targetsOf, type MoveCandidate } from '../../core/channel/candidates.ts';
import { buildNamePattern } from '../../core/build/identity.ts';
import { placeName, type Place } from '../../core/distribute/place.ts';
import { recipeFolder } from '../../core/memory/documents.ts';
import type { Connection } from '../connection.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { listArtifacts, type Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';

/** The builds of a recipe that have a folder in the bucket. */
export async function knownBuilds(artifacts: Artifacts, recipe: string): Promise<string[]> {
  const folder = recipeFolder({ recipe });
  const listed = await listArtifacts(artifacts, folder, '/');
  return listed.map(({ key }) => key.slice(folder.length, -1)).filter((name) => buildNamePattern.test(name));
}

const describedIn = async (aws: Connection, at: Place, ami: string) =>
  [placeName(at), await describeAnyImage(aws, at.region, ami)] as const;

/** A build that a channel may move to, with its images as EC2 shows them now. */
export async function readCandidate(artifacts: Artifacts, recipe: string, build: string): Promise<MoveCandidate> {
  const [manifest, plan, revocation] = await Promise.all([
    readDocument(artifacts, { recipe, build }, 'manifest'),
    readDocument(artifacts, { recipe, build }, 'plan'),
    readDocument(artifacts, { recipe, build }, 'revocation'),
  ]);
  const seen = targetsOf({ manifest }).map(({ ami, ...at }) => describedIn(artifacts.aws, at, ami ?? ''));
  return { build, manifest, plan, revocation, images: Object.fromEntries(await Promise.all(seen)) };
}
