import {
  againstRestoring,
  againstStoring,
  archiveCost,
  gibOf,
  lostInArchive,
  type ArchivePlan,
} from '../../core/archive/archive-plan.ts';
import { restoredFrom } from '../../core/archive/archive-record.ts';
import type { ArchiveRequest } from '../../core/archive/archive-request.ts';
import { Failure } from '../../core/errors.ts';
import type { AmiDescription } from '../../core/launch/source.ts';
import { refuse } from '../../core/recipe/problems.ts';
import { keptTag, type BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { describeAnyImage } from '../images/disabling.ts';
import { describeImages } from '../images/images.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { filtersOf } from '../tags.ts';
import { archivedObject } from './archived-object.ts';

/** The bucket of documents, and the bucket of stored AMIs. */
type Archives = Artifacts & { archives: string };

const refuseAll = (reasons: string[]): void => {
  if (reasons.length > 0) throw new Failure('ArchiveRefused', reasons.join('\n'));
};

/** AMIs of a build in the pipeline's region, disabled ones too. */
const everyImageOf = (aws: Connection, identity: BuildIdentity): Promise<AmiDescription[]> =>
  describeImages(aws, aws.region, `${identity.recipe} ${identity.build}`, {
    Owners: ['self'],
    Filters: filtersOf(identity),
    IncludeDisabled: true,
    MaxResults: 1000,
  });

/** Decides whether the image of a build is stored, and says what that costs and loses. @throws ArchiveRefused with every reason */
async function resolveStore(archives: Archives, { recipe, build }: BuildIdentity): Promise<ArchivePlan> {
  const { aws, archives: bucket } = archives;
  const manifest = await readDocument(archives, { recipe, build }, 'manifest');
  if (!manifest) return refuse([{ path: ['build'], message: `${recipe} has no build ${build} here` }]);
  if (!manifest.image)
    return refuse([{ path: ['build'], message: `${build} ended as ${manifest.status}, without an image` }]);
  const { ami, region } = manifest.image;
  const image = await describeAnyImage(aws, region, ami);
  const record = await readDocument(archives, { recipe, build }, 'archive');
  const stored = record?.stored && (await archivedObject(aws, record.bucket, record.object));
  const at = { verb: 'archive' as const, recipe, build, region, bucket, object: `${ami}.bin`, ami };
  if (record?.stored && stored) {
    const notes = [`${restoredFrom(record)} is there since ${record.stored.at}, ${stored.bytes} bytes`];
    return { ...at, gib: record.stored.gib, notes };
  }
  refuseAll(againstStoring(image, { ami, region }));
  const gib = gibOf(image!);
  return { ...at, gib, notes: [archiveCost(gib), ...lostInArchive(image!.disks.some(({ encrypted }) => encrypted))] };
}

/** Decides whether the image of a build is restored from its object. @throws ArchiveRefused with every reason */
async function resolveRestore(archives: Archives, request: ArchiveRequest): Promise<ArchivePlan> {
  const { aws, archives: bucket } = archives;
  const { recipe, build } = request;
  const record = await readDocument(archives, request, 'archive');
  const object = request.object ?? record?.object;
  if (object === undefined)
    return refuse([
      {
        path: ['build'],
        message: `no image of ${recipe}-${build} was archived here; name the object if another deployment did`,
      },
    ]);
  const [found, images, revocation] = await Promise.all([
    archivedObject(aws, bucket, object),
    everyImageOf(aws, request),
    readDocument(archives, request, 'revocation'),
  ]);
  refuseAll(againstRestoring({ object, bucket, found, images, revocation }));
  const restored = images.filter(({ tags }) => tags[keptTag] !== undefined);
  return {
    verb: 'unarchive',
    recipe,
    build,
    region: aws.region,
    bucket,
    object,
    gib: record?.stored?.gib ?? 0,
    notes: [
      ...restored.map(({ ami, state }) => `${ami} was restored before (${state})`),
      'the restored image is private, and its disks have the default encryption of the account',
    ],
  };
}

/** Decides what an execution of archive-image does. Changes nothing. */
export const resolveRequest = (archives: Archives, request: ArchiveRequest): Promise<ArchivePlan> =>
  request.verb === 'archive' ? resolveStore(archives, request) : resolveRestore(archives, request);
