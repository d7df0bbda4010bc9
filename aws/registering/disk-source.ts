import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Failure } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { placeOfFile } from '../../core/launch/registrable.ts';
import type { SourceImage } from '../../core/launch/source.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/**
 * The disk that a recipe starts from, in the words of a source image. Its id is that of the snapshot, or the place of the file.
 * @throws SourceNotFound, SourceNotTrusted
 */
export async function diskSource(
  aws: Connection,
  { snapshot, file, ...disk }: NonNullable<Recipe['source']['disk']>,
  { owner, account }: { owner: string; account: string },
): Promise<SourceImage> {
  if (file !== undefined) return fileSource(aws, file, disk, { owner, account });
  if (snapshot !== undefined) return snapshotSource(aws, snapshot, disk, owner);
  throw new Failure(
    'SourceNotFound',
    'the recipe leaves its disk to the start; name one with golden register <snapshot> --recipe <recipe> or golden import <file> --recipe <recipe> --format <format>, or in the console as "overrides": {"source": {"disk": {"snapshot": "snap-…"}}}',
  );
}

type Described = Pick<NonNullable<Recipe['source']['disk']>, 'architecture' | 'rootDevice' | 'bootMode' | 'tpm'>;

/** What nobody can tell from a snapshot or a file, so the recipe says it. */
const system = ({ architecture, rootDevice, bootMode, tpm }: Described) => ({
  architecture,
  windows: false,
  rootDevice,
  virtualization: 'hvm',
  ena: true,
  ...(bootMode !== undefined && { bootMode }),
  ...(tpm && { tpm }),
});

/**
 * A file that EC2 will import. S3 checks the owner of its bucket. The id has the file's ETag, so that another file in the same place
 * is another source. How large the disk is, only EC2 can tell.
 */
async function fileSource(
  aws: Connection,
  file: string,
  disk: Described,
  { owner, account }: { owner: string; account: string },
): Promise<SourceImage> {
  const { region } = aws;
  if (owner !== account)
    throw new Failure(
      'SourceNotTrusted',
      `source.owner is ${owner}, and EC2 imports ${file} only from a bucket of the account ${account}: copy the file there, and say owner: self`,
    );
  const { bucket, key } = placeOfFile(file);
  const listing = { Bucket: bucket, Prefix: key, MaxKeys: 1, ExpectedBucketOwner: account };
  const { Contents = [] } = await ask(
    { action: 's3:ListBucket', region, about: file },
    () => aws.client(S3Client).send(new ListObjectsV2Command(listing)),
    {
      NoSuchBucket: () => {
        throw new Failure('SourceNotFound', `there is no bucket ${bucket}; look at source.disk.file`);
      },
      refused: (_code, failure) => {
        const must = `the bucket must be in ${region}, belong to the account ${account}, and let the pipeline list it`;
        throw new Failure('SourceNotTrusted', `${failure().message}; ${must}`);
      },
    },
  );
  const found = Contents.find(({ Key }) => Key === key);
  if (!found) throw new Failure('SourceNotFound', `there is no ${file}; look at the name, and at its capitals`);
  return {
    ami: `${file}#${(found.ETag ?? '').replaceAll('"', '')}`,
    owner: account,
    name: `${((found.Size ?? 0) / 2 ** 20).toFixed(0)} MiB of ${found.LastModified?.toISOString() ?? 'unknown date'}`,
    region,
    rootSizeGiB: 0,
    ...system(disk),
    disks: [{ device: disk.rootDevice, encrypted: false }],
  };
}

/** @throws SourceNotFound */
async function snapshotSource(aws: Connection, snapshot: string, disk: Described, owner: string): Promise<SourceImage> {
  const { region } = aws;
  const Filters = [{ Name: 'snapshot-id', Values: [snapshot] }];
  const { Snapshots = [] } = await ask({ action: 'ec2:DescribeSnapshots', region, about: snapshot }, () =>
    aws.client(EC2Client).send(new DescribeSnapshotsCommand({ OwnerIds: [owner], Filters })),
  );
  const [found] = Snapshots;
  if (!found)
    throw new Failure(
      'SourceNotFound',
      `no snapshot ${snapshot} of ${owner} in ${region}; is it in this region, and shared with this account?`,
    );
  const { State = 'unknown', StateMessage, Progress, VolumeSize = 0, Encrypted = false, KmsKeyId } = found;
  if (State !== 'completed') {
    const why = StateMessage ?? (Progress ? `at ${Progress}` : 'EC2 gives no reason');
    throw new Failure('SourceNotFound', `snapshot ${snapshot} in ${region} is ${State} (${why}), not completed`);
  }
  const keyArn = Encrypted && KmsKeyId !== undefined ? { keyArn: KmsKeyId } : {};
  return {
    ami: snapshot,
    owner: found.OwnerId ?? owner,
    name: found.Description || snapshot,
    region,
    rootSizeGiB: VolumeSize,
    ...system(disk),
    disks: [{ device: disk.rootDevice, snapshot, sizeGiB: VolumeSize, encrypted: Encrypted, ...keyArn }],
  };
}
