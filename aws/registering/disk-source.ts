import { DescribeSnapshotsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { Failure } from '../../core/errors.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import type { SourceImage } from '../../core/launch/source.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/**
 * The disk that a recipe starts from, in the words of a source image. Its id is that of the snapshot.
 * @throws SourceNotFound
 */
export async function diskSource(
  aws: Connection,
  { snapshot, architecture, rootDevice, bootMode, tpm }: NonNullable<Recipe['source']['disk']>,
  owner: string,
): Promise<SourceImage> {
  const { region } = aws;
  if (snapshot === undefined)
    throw new Failure(
      'SourceNotFound',
      'the recipe leaves source.disk.snapshot to the start; name one with golden register <snapshot> --recipe <recipe>, or in the console as "overrides": {"source": {"disk": {"snapshot": "snap-…"}}}',
    );
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
    architecture,
    windows: false,
    rootDevice,
    rootSizeGiB: VolumeSize,
    virtualization: 'hvm',
    ena: true,
    ...(bootMode !== undefined && { bootMode }),
    ...(tpm && { tpm }),
    disks: [{ device: rootDevice, snapshot, sizeGiB: VolumeSize, encrypted: Encrypted, ...keyArn }],
  };
}
