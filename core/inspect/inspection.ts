import type { ArchiveRecord } from '../archive/archive-record.ts';
import type { Manifest } from '../build/manifest.ts';
import type { Users } from '../distribute/permissions.ts';
import type { Place } from '../distribute/place.ts';
import type { Tags } from '../tags.ts';
import type { Evidence, ImageUsage } from '../usage/image-usage.ts';

/** A disk of an AMI, as its block device mapping says. */
export interface InspectedDisk {
  device: string;
  /** Absent: an instance store, a blank disk, or a device that the mapping drops. */
  snapshot?: string;
  sizeGiB?: number;
  type?: string;
  iops?: number;
  throughput?: number;
  encrypted?: boolean;
  /** Key of the snapshot. Only the snapshot's owner sees it. */
  keyArn?: string;
  /** Who may make volumes from the snapshot, which a copy in another account needs. */
  snapshotUsers?: Evidence<Users>;
  deleteOnTermination?: boolean;
  /** An instance store, such as ephemeral0. */
  instanceStore?: string;
  /** The mapping drops the device. */
  dropped?: true;
}

/** Everything that EC2 describes about an AMI. A field that EC2 leaves empty is absent. */
export interface ImageDetails {
  ami: string;
  region: string;
  name: string;
  state: string;
  stateReason?: string;
  owner: string;
  ownerAlias?: string;
  public: boolean;
  description?: string;
  createdAt: string;
  deprecatedAt?: string;
  /** EC2's word: `disabled`, `enabled-with-cooldown`, `enabled-without-cooldown`. */
  deregistrationProtection?: string;
  platform: string;
  usageOperation?: string;
  productCodes: string[];
  architecture: string;
  virtualization?: string;
  bootMode?: string;
  tpm?: string;
  /** Whether the AMI brings UEFI variables, such as keys of Secure Boot. Only its owner sees that. */
  uefiVariables: Evidence<boolean>;
  ena: boolean;
  sriov?: string;
  imds?: string;
  rootDeviceType: string;
  rootDevice?: string;
  /** For an instance store-backed AMI, its manifest in S3. */
  location?: string;
  disks: InspectedDisk[];
  watermarks: string[];
  publicParameter?: string;
  /** Whether the account's Allowed AMIs include it. Absent where that setting is off. */
  allowed?: boolean;
  sourceInstance?: string;
  tags: Tags;
}

/** A copy of an image: in a region, or in another account. */
export interface InspectedCopy extends Place {
  /** The other account that owns the copy. */
  account?: string;
  ami: string;
  /** EC2's word, or `gone`. `not looked at` for a copy in another account. */
  state: string;
  /** Parameter of the channel that the build wrote. */
  parameter: string | null;
  users: Evidence<Users>;
}

/** An AMI in the line back to the vendor's image. */
export interface LineEntry {
  ami: string;
  region: string;
  createdAt?: string;
  ownerAlias?: string;
  /** Absent: the AMI is gone, or this account may not see it. */
  name?: string;
  owner?: string;
  recipe?: string;
  build?: string;
}

/** What `golden inspect --json` prints. */
export interface Inspection {
  schema: 1;
  /** The account that asks. */
  account: string;
  /** Null if every AMI of the build is gone. */
  image: ImageDetails | null;
  /** The build that made the image. Null if the AMI has no tags of a build, or belongs to another account. */
  build: { recipe: string; build: string; status: Manifest['status'] | null; source: Manifest['source'] } | null;
  /** The image as an object in S3, and what was restored from the object. Null if nobody has archived it. */
  archive: ArchiveRecord | null;
  copies: InspectedCopy[];
  /** Who uses the AMI and those of its copies that this account owns. */
  usage: ImageUsage[];
  line: Evidence<LineEntry[]>;
  /** Where the line ends, and why. */
  lineEnds: string | null;
  notes: string[];
}
