import { describeAnyImage } from '../../aws/images/disabling.ts';
import { launchUsers } from '../../aws/images/image-attributes.ts';
import { describeImages } from '../../aws/images/images.ts';
import type { Connection } from '../../aws/connection.ts';
import { ancestryOf, readFamily } from '../../aws/usage/ancestry.ts';
import { evidence } from '../../aws/usage/evidence.ts';
import { usageOf } from '../../aws/usage/image-usage.ts';
import { everyone } from '../../core/distribute/permissions.ts';
import type { ImageDetails, InspectedCopy, Inspection, LineEntry } from '../../core/inspect/inspection.ts';
import { endOfLine, linePlaces } from '../../core/inspect/line.ts';
import type { ImageUsage } from '../../core/usage/image-usage.ts';
import { findPipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { forEachVariant, variantsNamed } from '../variants/each-variant.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Terminal } from '../screen/terminal.ts';
import { foundByAmi, foundByBuild, isAmi, type FoundImage } from './found-image.ts';
import { inspectionText } from './inspection-text.ts';

/** Shows an AMI, the image of a build, or the published image of a recipe. Only reads, with the permissions of the person. */
export async function inspect(
  word: string,
  options: PipelineOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const find = isAmi(word) ? foundByAmi : foundByBuild;
  const words = isAmi(word) ? [word] : await variantsNamed(await findPipeline(options, surroundings), word);
  return forEachVariant(words, { json: options.json, terminal }, async (one, sheet) => {
    const inspection = await inspected(await find(one, options, surroundings), new Date(surroundings.now()));
    sheet.out(options.json ? `${JSON.stringify(inspection, null, 2)}\n` : inspectionText(inspection, sheet));
    return 0;
  });
}

async function inspected(found: FoundImage, now: Date): Promise<Inspection> {
  const { aws, account, details, build, manifest, notes } = found;
  const [copies, usage, line] = await Promise.all([
    Promise.all(found.copies.map((copy) => inspectedCopy(aws, copy))),
    usageOfAll(found, now),
    details ? lineOf(aws, details, manifest?.source ?? null) : noLine,
  ]);
  return {
    schema: 1,
    account,
    image: details ?? null,
    build: build ? { ...build, status: manifest?.status ?? null, source: manifest?.source ?? null } : null,
    archive: found.archive ?? null,
    copies:
      copies.length > 0 || !details ? copies : [await inspectedCopy(aws, { ...details, parameter: null }, account)],
    usage,
    ...line,
    notes,
  };
}

const elsewhere = 'the copy belongs to another account, which alone can tell';

/** @param account Given for an AMI of no build, which anybody may own. */
async function inspectedCopy(
  aws: Connection,
  copy: FoundImage['copies'][number] & Partial<Pick<ImageDetails, 'owner' | 'public'>>,
  account?: string,
): Promise<InspectedCopy> {
  const { region, id, ami, parameter } = copy;
  const at = { region, ...(id !== undefined && { id }), ami, parameter };
  if (copy.account !== undefined)
    return { ...at, account: copy.account, state: 'not looked at', users: { unknown: elsewhere } };
  const image = await evidence(() => describeAnyImage(aws, region, ami));
  const state = image.unknown === undefined ? (image.known?.state ?? 'gone') : 'unknown';
  if (state === 'gone') return { ...at, state, users: { known: [] } };
  if (copy.public) return { ...at, state, users: { known: [everyone] } };
  if (account !== undefined && copy.owner !== account)
    return { ...at, state, users: { unknown: 'only the account that owns the AMI can tell' } };
  return { ...at, state, users: await evidence(() => launchUsers(aws, region, ami)) };
}

/** Who uses the AMIs of this account. Asks for no usage report, since that would make something. */
async function usageOfAll({ aws, account, details, copies }: FoundImage, now: Date): Promise<ImageUsage[]> {
  const own = copies.filter((copy) => copy.account === undefined);
  const images = own.length > 0 ? own : details ? [details] : [];
  const regions = [...new Set(images.map(({ region }) => region))];
  const family = await evidence(() => readFamily(aws, [aws.region, ...regions]));
  const found = await Promise.all(
    regions.map((region) => {
      const amis = images.filter((one) => one.region === region).map(({ ami }) => ami);
      return usageOf(aws, { account, region, amis, now, family, asksForReports: false });
    }),
  );
  const strange = details !== undefined && details.owner !== account;
  return strange ? found.flat().map(asStranger) : found.flat();
}

/** EC2 tells only the owner of an AMI about other accounts. */
const asStranger = (usage: ImageUsage): ImageUsage => {
  const unknown = 'EC2 tells only the account that owns the AMI';
  return { ...usage, others: { unknown }, launched: { unknown } };
};

const noLine = { line: { unknown: 'no AMI of the image is left' }, lineEnds: null };

async function lineOf(aws: Connection, { region, ami }: ImageDetails, source: Parameters<typeof endOfLine>[1]) {
  const ancestry = await evidence(() => ancestryOf(aws, region, ami));
  if (ancestry.unknown !== undefined) return { line: { unknown: ancestry.unknown }, lineEnds: null };
  const entries = linePlaces(region, ancestry.known);
  return { line: { known: await named(aws, entries) }, lineEnds: endOfLine(ancestry.known, source) };
}

/** The entries with what EC2 still tells of each AMI. */
async function named(aws: Connection, entries: LineEntry[]): Promise<LineEntry[]> {
  const regions = [...new Set(entries.map(({ region }) => region))];
  const seen = await Promise.all(
    regions.map(async (region) => {
      const Values = entries.filter((one) => one.region === region).map(({ ami }) => ami);
      const input = { Filters: [{ Name: 'image-id', Values }], IncludeDisabled: true, IncludeDeprecated: true };
      return (await evidence(() => describeImages(aws, region, 'the line of an AMI', input))).known ?? [];
    }),
  );
  return entries.map((entry) => {
    const image = seen.flat().find(({ ami, region }) => ami === entry.ami && region === entry.region);
    if (!image) return entry;
    const { 'golden:recipe': recipe, 'golden:build': build } = image.tags;
    return { ...entry, name: image.name, owner: image.owner, ...(recipe && build && { recipe, build }) };
  });
}
