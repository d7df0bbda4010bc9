import { inBatches } from '../../core/batches.ts';
import { descendantsIn, type Family } from '../../core/usage/family.ts';
import type { Evidence, ImageUsage } from '../../core/usage/image-usage.ts';
import { accountsIn, chooseReport } from '../../core/usage/usage-reports.ts';
import type { OtherAccounts } from '../../core/usage/uses.ts';
import type { Connection } from '../connection.ts';
import { lastLaunch } from './ancestry.ts';
import { evidence, evidenceByImage } from './evidence.ts';
import { instancesOfImages, mostReferenced, referencesOf } from './references.ts';
import { askForReport, readEntries, readReports } from './reports.ts';

interface UsageAsked {
  /** The account that owns the AMIs, and that `aws` speaks for. */
  account: string;
  region: string;
  amis: string[];
  now: Date;
  /** The account's AMIs: `evidence(() => readFamily(aws, regions))`, once for all AMIs. */
  family: Evidence<Family>;
  /** Whether to ask EC2 for the usage reports that are missing or old. EC2 needs minutes for one. */
  asksForReports: boolean;
}

/** Who uses AMIs of one account in one region. A look-up that AWS refuses is unknown, and throws nothing. */
export async function usageOf(aws: Connection, asked: UsageAsked): Promise<ImageUsage[]> {
  const childrenOf = childrenIn(asked);
  const usages: ImageUsage[] = [];
  for (const amis of inBatches(asked.amis, mostReferenced))
    usages.push(...(await usageOfBatch(aws, { ...asked, amis }, childrenOf)));
  return usages;
}

function childrenIn({ family, region }: UsageAsked): (ami: string) => ImageUsage['children'] {
  const { known, unknown } = family;
  if (unknown !== undefined) return () => ({ unknown });
  const descendants = descendantsIn(known);
  return (ami) => ({ known: descendants({ region, ami }) });
}

async function usageOfBatch(
  aws: Connection,
  { account, region, amis, now, asksForReports }: UsageAsked,
  childrenOf: (ami: string) => ImageUsage['children'],
): Promise<ImageUsage[]> {
  const [instances, templates, parameters, recipes, others] = await Promise.all([
    evidenceByImage(amis, (some) => instancesOfImages(aws, region, some)),
    evidenceByImage(amis, (some) => referencesOf(aws, region, some, 'templates')),
    evidenceByImage(amis, (some) => referencesOf(aws, region, some, 'parameters')),
    evidenceByImage(amis, (some) => referencesOf(aws, region, some, 'recipes')),
    otherAccounts(aws, region, amis, now, asksForReports),
  ]);
  return Promise.all(
    amis.map(async (ami) => ({
      region,
      ami,
      account,
      at: now.toISOString(),
      instances: instances(ami),
      templates: templates(ami),
      parameters: parameters(ami),
      recipes: recipes(ami),
      children: childrenOf(ami),
      ...others(ami),
      launched: await evidence(() => lastLaunch(aws, region, ami, now)),
    })),
  );
}

/** Reads the newest usage report of each AMI, and asks for one where it is missing or older than a day. */
async function otherAccounts(
  aws: Connection,
  region: string,
  amis: string[],
  now: Date,
  asks: boolean,
): Promise<(ami: string) => Pick<ImageUsage, 'others' | 'reportUnderway'>> {
  const reports = await evidence(() => readReports(aws, region, amis));
  if (reports.unknown !== undefined) return () => ({ others: { unknown: reports.unknown }, reportUnderway: false });
  const choices = new Map(
    amis.map((ami) => [
      ami,
      chooseReport(
        reports.known.filter((one) => one.ami === ami),
        now,
      ),
    ]),
  );
  const wanted = amis.filter((ami) => asks && choices.get(ami)?.ask);
  const answers = new Map(
    await Promise.all(
      wanted.map(async (ami) => [ami, await evidence(() => askForReport(aws, region, ami, now))] as const),
    ),
  );
  const chosen = [...choices.values()].flatMap(({ use }) => use.known ?? []);
  const entries = await evidence(() =>
    readEntries(
      aws,
      region,
      chosen.map(({ report }) => report),
    ),
  );
  return (ami) => {
    const choice = choices.get(ami);
    const use = choice?.use ?? { unknown: 'nobody asked' };
    const answer = answers.get(ami);
    const reportUnderway = choice?.underway === true || answer?.known !== undefined;
    if (use.unknown !== undefined) {
      const next = answer === undefined ? [] : [answer.unknown ?? `asked for report ${answer.known} now`];
      return { others: { unknown: [use.unknown, ...next].join('; ') }, reportUnderway };
    }
    const others: Evidence<OtherAccounts> =
      entries.unknown === undefined ? { known: accountsIn(use.known, entries.known) } : { unknown: entries.unknown };
    return { others, reportUnderway };
  };
}
