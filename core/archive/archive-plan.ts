import type { AmiDescription } from '../launch/source.ts';
import { isRevoked, type Revocation } from '../channel/revocation.ts';
import { deepArchiveMonth, instantArchiveMonth, snapshotMonth, standardMonth } from '../report/prices.ts';
import { keptTag, type BuildIdentity } from '../tags.ts';

/** What archive-image does, or would do: its states hand this on. */
export interface ArchivePlan extends BuildIdentity {
  verb: 'archive' | 'unarchive';
  region: string;
  bucket: string;
  object: string;
  /** The AMI that is stored. Absent for unarchive. */
  ami?: string | undefined;
  /** The disks of the image. The object is compressed, and at most this large. */
  gib: number;
  notes: string[];
}

/** An object of the archive, as S3 describes it. */
export interface ArchivedObject {
  bytes: number;
  storageClass: string;
  /** S3's header about a readable copy of an object in cold storage. */
  restore: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-store-restore.html#ami-store-restore-limitations */
const mostGib = 5000;

export const gibOf = ({ disks }: Pick<AmiDescription, 'disks'>): number =>
  disks.reduce((sum, { snapshot, sizeGiB = 0 }) => sum + (snapshot === undefined ? 0 : sizeGiB), 0);

const usd = (amount: number): string => `$${amount.toFixed(2)}`;

/** What the object costs a month at most, by storage class, beside the snapshots. */
export function archiveCost(gib: number): string {
  const [standard, instant, deep, now] = [standardMonth, instantArchiveMonth, deepArchiveMonth, snapshotMonth].map(
    (price) => usd(gib * price),
  );
  return `at most ${standard} a month in S3 Standard, ${instant} in Glacier Instant Retrieval, ${deep} in Glacier Deep Archive; its snapshots cost ${now} at most`;
}

/** Why an image cannot be stored. Empty if nothing speaks against it. */
export function againstStoring(image: AmiDescription | undefined, { ami, region }: { ami: string; region: string }) {
  if (!image) return [`${ami} in ${region} is gone, and only an image that is there can be stored`];
  if (!image.ebsRoot)
    return [
      `${ami} in ${region} is instance store-backed: its bundle is in S3 already, and EC2 stores only EBS-backed images`,
    ];
  const gib = gibOf(image);
  return [
    ...(image.state === 'disabled'
      ? [`${ami} in ${region} is disabled: \`golden restore\` makes it available again, and EC2 stores it then`]
      : image.state === 'available'
        ? []
        : [`${ami} in ${region} is ${image.state}, and EC2 stores only available images`]),
    ...(gib > mostGib ? [`${ami} has ${gib} GiB of disks, and EC2 stores ${mostGib} at most`] : []),
  ];
}

/** What the object does not keep. */
export const lostInArchive = (encrypted: boolean): string[] => [
  'the object keeps no launch permissions',
  ...(encrypted
    ? ["its disks are decrypted into the object, so the bucket's encryption and policy protect them from now on"]
    : []),
];

const isReadable = ({ storageClass, restore }: ArchivedObject): boolean =>
  !/^(GLACIER|DEEP_ARCHIVE)$/.test(storageClass) || restore.includes('ongoing-request="false"');

interface Restorable {
  object: string;
  bucket: string;
  found: ArchivedObject | undefined;
  /** The AMIs of the build in the pipeline's region. */
  images: AmiDescription[];
  revocation: Revocation | undefined;
}

/** Why an image cannot be restored from its object. Empty if nothing speaks against it. */
export function againstRestoring({ object, bucket, found, images, revocation }: Restorable): string[] {
  const originals = images.filter(({ tags, state }) => tags[keptTag] === undefined && state !== 'failed');
  const at = `s3://${bucket}/${object}`;
  return [
    ...originals.map(
      ({ ami, region, state }) => `${ami} in ${region} is still there (${state}): nothing is to be restored`,
    ),
    ...(revocation && isRevoked(revocation) && !revocation.retired
      ? [
          `the build was revoked by ${revocation.who}: ${revocation.why ?? 'no reason given'}; \`golden restore\` takes that back`,
        ]
      : []),
    ...(!found ? [`there is no ${at}`] : []),
    ...(found?.bytes === 0 ? [`${at} is empty`] : []),
    ...(found && !isReadable(found)
      ? [
          `${at} is in ${found.storageClass}, from which S3 reads nothing at once: aws s3api restore-object --bucket ${bucket} --key ${object} --restore-request Days=7; run this again when S3 has made the copy, after hours`,
        ]
      : []),
  ];
}
