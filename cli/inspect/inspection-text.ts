import type { ArchiveRecord } from '../../core/archive/archive-record.ts';
import { everyone } from '../../core/distribute/permissions.ts';
import { placeName } from '../../core/distribute/place.ts';
import type {
  ImageDetails,
  InspectedCopy,
  InspectedDisk,
  Inspection,
  LineEntry,
} from '../../core/inspect/inspection.ts';
import { unknownOf, usesOf, type ImageUsage } from '../../core/usage/image-usage.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { fold, painter, type Terminal } from '../screen/terminal.ts';

type Sheet = Pick<Terminal, 'columns' | 'colour'>;
type Facts = [title: string, text: string | undefined][];

const titleWidth = 14;
const mostUses = 20;

/** An inspection for a reader at a terminal. */
export function inspectionText(inspection: Inspection, sheet: Sheet): string {
  const { image, archive, copies, usage, line, lineEnds, notes } = inspection;
  const parts = [
    heading(inspection, sheet),
    ...(image ? [facts(factsOf(inspection, image), sheet)] : []),
    ...(image && image.disks.length > 0 ? [tableOfDisks(image.disks, sheet)] : []),
    ...(archive ? [facts(archiveFacts(archive), sheet)] : []),
    tableOfCopies(copies, sheet),
    ...(usage.length > 0 ? [usedBy(inspection, sheet)] : []),
    line.unknown === undefined
      ? `${tableOfLine(line.known, image, sheet)}\n${indented([`It ${lineEnds}.`], sheet)}`
      : titled('Line back', [`nobody can tell: ${line.unknown}`], sheet),
    ...(notes.length > 0 ? [titled('Notes', notes, sheet)] : []),
  ];
  return `\n${parts.join('\n\n')}\n\n`;
}

function archiveFacts({ bucket, object, stored, restored }: ArchiveRecord): Facts {
  const when = stored ? `, ${minute(stored.at)} by ${stored.who}` : ', by another deployment';
  const images = restored.map(({ ami, region, at }) => `${ami} in ${region} at ${minute(at)}`);
  return [
    ['Archived', `s3://${bucket}/${object}${when}`],
    ['Restored', images.join(', ') || undefined],
  ];
}

function heading({ account, image, build, copies }: Inspection, sheet: Sheet): string {
  const paint = painter(sheet);
  if (!image)
    return `  ${paint('bold', `${build?.recipe}-${build?.build}`)}\n  ${copies.length === 0 ? 'no AMI of it is known' : 'none of its AMIs is left'}`;
  const owner = image.owner === account ? 'this account' : (image.ownerAlias ?? 'another account');
  const reason = image.stateReason === undefined ? '' : ` (${image.stateReason})`;
  const state = paint(image.state === 'available' ? 'green' : 'red', `${image.state}${reason}`);
  return `  ${paint('bold', image.name)}\n  ${image.ami} in ${image.region}, ${state}, of ${image.owner} (${owner})`;
}

/** `2026-12-07T03:04:49.626Z` as `2026-12-07 03:04 UTC`. */
const minute = (time: string): string => (time === '' ? 'unknown' : `${time.slice(0, 16).replace('T', ' ')} UTC`);

/** An ARN's last part: the rest says little more to a reader. */
const lastOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

const yesOr = (value: string | undefined, no: string): string => value ?? no;

function rootOf({ rootDeviceType, rootDevice, location, disks }: ImageDetails): string {
  if (rootDeviceType === 'instance-store')
    return `instance store: the image lies in S3 as ${location ?? 'an unknown manifest'} and has no snapshots`;
  const size = disks.find(({ device }) => device === rootDevice)?.sizeGiB;
  return `${rootDevice ?? 'unknown'} on ${rootDeviceType === 'ebs' ? 'EBS' : rootDeviceType}${size === undefined ? '' : `, ${size} GiB`}`;
}

function uefiOf({ uefiVariables: { known, unknown } }: ImageDetails): string {
  return unknown === undefined ? (known ? 'UEFI variables of its own' : 'no UEFI variables') : 'UEFI variables unknown';
}

const protections: Record<string, string> = {
  disabled: 'not against deregistration',
  'enabled-with-cooldown': 'against deregistration, and for 24 hours after the protection is disabled',
  'enabled-without-cooldown': 'against deregistration',
};

/** Who may read the disks, which launching the AMI does not need. */
function snapshotsOf({ disks }: ImageDetails): string | undefined {
  const all = disks.flatMap(({ snapshotUsers }) => snapshotUsers ?? []);
  if (all.length === 0) return undefined;
  const users = [...new Set(all.flatMap(({ known }) => known ?? []))];
  const unknown = all.some((one) => one.unknown !== undefined) ? ['somebody whom nobody can tell'] : [];
  const readers = [...users.map((user) => (user === everyone ? 'everyone' : user)), ...unknown];
  return `may be read by ${readers.join(', ') || 'nobody else'}`;
}

function factsOf({ build, usage }: Inspection, image: ImageDetails): Facts {
  const { deregistrationProtection: protection, tags } = image;
  const launched = usage.find(({ ami }) => ami === image.ami)?.launched;
  const last =
    launched?.known &&
    (launched.known.last ? minute(launched.known.last) : `none until ${minute(launched.known.until)}`);
  const operation = image.usageOperation === undefined ? '' : ` (${image.usageOperation})`;
  const own = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
  return [
    ['Platform', `${image.platform}${operation}, ${image.architecture}, ${yesOr(image.virtualization, 'unknown')}`],
    ['Product codes', image.productCodes.join(', ') || undefined],
    ['Root device', rootOf(image)],
    [
      'Boot',
      `${yesOr(image.bootMode, 'mode of the instance type')}, ${image.tpm === undefined ? 'no NitroTPM' : `NitroTPM ${image.tpm}`}, ${uefiOf(image)}`,
    ],
    ['Network', `ENA ${image.ena ? 'yes' : 'no'}, SR-IOV ${yesOr(image.sriov, 'no')}`],
    [
      'Metadata',
      image.imds === undefined
        ? 'IMDSv1 and IMDSv2, if the account and the launch say no more'
        : `IMDS${image.imds.replace('.0', '')} only`,
    ],
    ['Description', image.description],
    ['Made', `${minute(image.createdAt)}${image.sourceInstance === undefined ? '' : ` from ${image.sourceInstance}`}`],
    ['Deprecated', image.deprecatedAt === undefined ? 'never' : minute(image.deprecatedAt)],
    ['Protected', protection === undefined ? 'unknown' : (protections[protection] ?? protection)],
    ['Last launch', last ?? `unknown: ${launched?.unknown ?? 'nobody asked'}`],
    ['Snapshots', snapshotsOf(image)],
    ['Public as', image.publicParameter],
    ['Allowed AMIs', image.allowed === undefined ? undefined : image.allowed ? 'include it' : 'do not include it'],
    ['Watermarks', image.watermarks.join(', ') || undefined],
    [
      'Build',
      build
        ? `${build.recipe} ${build.build}${build.status === null ? '' : `, ${build.status}`}`
        : 'none of this pipeline',
    ],
    ['Tags', own.join(', ') || 'none'],
  ];
}

function facts(all: Facts, sheet: Sheet, width = titleWidth): string {
  const paint = painter(sheet);
  return all
    .flatMap(([title, text]) => {
      if (text === undefined) return [];
      const [first = '', ...rest] = fold(text, sheet.columns - width - 3);
      const margin = ' '.repeat(width + 2);
      return [`  ${paint('dim', title.padEnd(width))}${first}`, ...rest.map((part) => `${margin}${part}`)];
    })
    .join('\n');
}

function tableOfDisks(disks: InspectedDisk[], sheet: Sheet): string {
  const number = (value: number | undefined) => (value === undefined ? '–' : String(value));
  const kept = (value: boolean | undefined) => (value === undefined ? '–' : value ? 'deleted' : 'stays');
  const rows = disks.map((disk): Cell[] => [
    { text: disk.device },
    { text: disk.snapshot ?? (disk.dropped ? 'dropped' : (disk.instanceStore ?? 'blank')) },
    { text: number(disk.sizeGiB) },
    { text: disk.type ?? '–' },
    { text: number(disk.iops) },
    { text: number(disk.throughput) },
    { text: kept(disk.deleteOnTermination) },
    {
      text: disk.encrypted ? (disk.keyArn ? `by ${lastOf(disk.keyArn)}` : 'yes, key unknown') : 'no',
      style: disk.encrypted ? 'green' : 'dim',
    },
  ]);
  return columns(['Device', 'Snapshot', 'GiB', 'Type', 'IOPS', 'MiB/s', 'At the end', 'Encrypted'], rows, sheet);
}

function tableOfCopies(copies: InspectedCopy[], sheet: Sheet): string {
  const rows = copies.map(({ ami, state, parameter, users, account, ...at }): Cell[] => [
    { text: account === undefined ? placeName(at) : `${placeName(at)} in ${account}` },
    { text: ami },
    { text: state, style: state === 'available' ? 'green' : state === 'not looked at' ? 'dim' : 'red' },
    { text: parameter ?? '–' },
    {
      text:
        users.unknown === undefined
          ? users.known.map((user) => (user === everyone ? 'everyone' : lastOf(user))).join(', ') || 'nobody else'
          : `unknown: ${users.unknown}`,
    },
  ]);
  return columns(['Region', 'AMI', 'State', 'Parameter', 'May be launched by'], rows, sheet);
}

/** The uses of each AMI behind its place, folded. */
function usedBy({ usage, copies }: Inspection, sheet: Sheet): string {
  const placeOf = ({ ami, region }: ImageUsage) =>
    placeName(copies.find((copy) => copy.ami === ami && copy.region === region) ?? { region });
  const width = Math.max(titleWidth, ...usage.map((one) => placeOf(one).length + 2));
  const all = usage.map((one): Facts[number][] => {
    const [uses, unknown] = [usesOf(one), unknownOf(one)];
    const lines = [
      ...uses.slice(0, mostUses).map(({ says }) => says),
      ...(uses.length > mostUses ? [`${uses.length - mostUses} more, which --json lists`] : []),
      ...(uses.length + unknown.length === 0 ? ['nobody'] : []),
      ...unknown.map((reason) => `nobody can tell: ${reason}`),
    ];
    return lines.map((line, index) => [index === 0 ? placeOf(one) : '', line]);
  });
  return [`  ${painter(sheet)('bold', 'Used by')}`, facts(all.flat(), sheet, width)].join('\n');
}

function tableOfLine(line: LineEntry[], image: ImageDetails | null, sheet: Sheet): string {
  const rows = line.map(({ ami, region, createdAt, name, owner, ownerAlias, recipe, build }): Cell[] => [
    { text: region },
    { text: ami },
    { text: createdAt?.slice(0, 10) ?? '–' },
    { text: ownerAlias ?? owner ?? '–' },
    {
      text: recipe && build ? `${recipe}-${build}` : (name ?? 'gone, or not visible to this account'),
      style: ami === image?.ami ? 'bold' : name === undefined ? 'dim' : 'reset',
    },
  ]);
  return columns(['Line back', 'AMI', 'Made', 'Owner', 'What'], rows, sheet);
}

const indented = (lines: string[], sheet: Sheet): string =>
  lines
    .flatMap((line) => fold(line, sheet.columns - 4).map((part, index) => `${' '.repeat(index === 0 ? 2 : 4)}${part}`))
    .join('\n');

const titled = (title: string, lines: string[], sheet: Sheet): string =>
  `  ${painter(sheet)('bold', title)}\n${indented(lines, sheet)}`;
