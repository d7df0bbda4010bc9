import { Failure, lastingFailure } from '../../core/errors.ts';
import { isRevoked, onlyImage } from '../../core/channel/revocation.ts';
import type { AmiEnd } from '../../core/retire/retirement.ts';
import type { RetireRow } from '../../core/retire/retire-report.ts';
import type { RetiringAmi } from '../../core/retire/retiring.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { Connection } from '../connection.ts';
import { deregisterWithSnapshots, imagesOfSnapshot, recycledUntil, tagAsKept } from '../images/lifecycle.ts';
import { deleteSnapshot, ownSnapshots } from '../images/snapshots.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readVersioned, replace } from '../memory/documents.ts';

/** What deregisterAmi calls. */
export const deregisteringPermissions = [
  'ec2:CreateTags',
  'ec2:DeleteSnapshot',
  'ec2:DeregisterImage',
  'ec2:DescribeImages',
  'ec2:DescribeSnapshots',
  'ec2:ListImagesInRecycleBin',
];

/**
 * Writes down that an execution deregisters a build, or that it no longer does. In between, nobody restores the build.
 * @returns false if somebody has restored the build meanwhile.
 */
export async function claimDeregistration(
  artifacts: Artifacts,
  about: BuildIdentity,
  execution: string,
  holds: boolean,
): Promise<boolean> {
  const found = await readVersioned(artifacts, about, 'revocation');
  if (!found || !isRevoked(found.content) || found.content.state !== 'revoked') return false;
  const { deregisteredBy, ...rest } = found.content;
  if ((deregisteredBy === execution) === holds) return true;
  const claimed = holds ? { ...rest, deregisteredBy: execution } : rest;
  if (await replace(artifacts, about, 'revocation', claimed, found)) return true;
  throw new Failure('AwsTransient', `another execution changed the revocation of ${about.build}; look again`);
}

/** What becomes of one snapshot after its AMI is gone. */
async function endOfSnapshot(
  aws: Connection,
  region: string,
  snapshot: string,
  code: string | undefined,
): Promise<{ gone: boolean; note?: string; error?: string }> {
  try {
    // EC2 tells no reason with a code, and a repeated call gets no codes: deleting it by itself does.
    if (await deleteSnapshot(aws, region, snapshot)) return { gone: true };
    const users = await imagesOfSnapshot(aws, region, snapshot);
    return { gone: false, note: `${snapshot} stays: ${users.join(', ') || 'another AMI'} in ${region} uses it` };
  } catch (error) {
    return {
      gone: false,
      error: `${snapshot} was not deleted (${code ?? 'no code'}): ${lastingFailure(error).message}`,
    };
  }
}

/** Says until when the Recycle Bin keeps an AMI, and how it comes back. */
async function recycled(aws: Connection, { region, ami }: RetiringAmi): Promise<string[]> {
  try {
    const until = await recycledUntil(aws, region, ami);
    if (until === undefined) return [];
    return [
      `the Recycle Bin of ${region} keeps ${ami} until ${until.slice(0, 10)}: aws ec2 restore-image-from-recycle-bin --region ${region} --image-id ${ami}`,
    ];
  } catch (error) {
    return [`nobody can tell whether the Recycle Bin of ${region} keeps ${ami}: ${lastingFailure(error).message}`];
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/deregister-ami.html: the bundle is not deleted with the AMI. */
const leftBundle = ({ ami, bundle }: RetiringAmi): string[] =>
  bundle === undefined
    ? []
    : [
        `${ami} was instance store-backed: its bundle stays in S3 and is paid for until somebody deletes it; its manifest is s3://${bundle}`,
      ];

/** Deregisters one AMI, and deletes or keeps its snapshots. Safe to repeat: what is gone already is right. */
export async function deregisterAmi(
  aws: Connection,
  one: RetiringAmi,
  { snapshots: fate }: Pick<RetireRow, 'snapshots'>,
): Promise<AmiEnd> {
  const { region, ami, snapshots } = one;
  const at = onlyImage(one);
  const ids = snapshots.map(({ snapshot }) => snapshot);
  const keeps = fate === 'keep' && ids.length > 0;
  // Before the AMI goes: the sweep removes snapshots of ours that no AMI has and that are not tagged as kept.
  if (keeps) await tagAsKept(aws, region, ids, ami);
  const codes = await deregisterWithSnapshots(aws, region, ami, !keeps && ids.length > 0);
  const bin = await recycled(aws, one);
  if (keeps) return { ...at, notes: [...bin, `${ids.join(', ')} stays in ${region}, tagged golden:kept`] };
  const left = (await ownSnapshots(aws, region, ids)).map(({ snapshot }) => snapshot);
  const ends = await Promise.all(left.map((id) => endOfSnapshot(aws, region, id, codes[id])));
  const gone = snapshots.filter(({ snapshot }) => !left.includes(snapshot) || ends[left.indexOf(snapshot)]?.gone);
  const errors = ends.flatMap(({ error }) => error ?? []);
  return {
    ...at,
    notes: [...bin, ...ends.flatMap(({ note }) => note ?? []), ...leftBundle(one)],
    freedGiB: gone.reduce((sum, { gib }) => sum + gib, 0),
    ...(errors.length > 0 && { error: errors.join('; ') }),
  };
}
