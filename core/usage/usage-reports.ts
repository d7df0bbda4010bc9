import type { Evidence } from './image-usage.ts';
import { allVersions, reportedTypes, type OtherAccounts, type UsageEntry, type UsageReport } from './uses.ts';

const day = 86_400_000;
/** A report that is older proves nothing: other accounts may have launched instances since. */
const staleDays = 3;
/** An older report is replaced by a new one. EC2 tells of launches a day later anyway. */
const renewDays = 1;

const ageOf = ({ createdAt }: UsageReport, now: Date): number => now.getTime() - Date.parse(createdAt);

/** Whether a report is about all accounts, all resources and all versions of launch templates. */
const isWhole = ({ accounts, types }: UsageReport): boolean =>
  accounts.length === 0 &&
  reportedTypes.every((wanted) =>
    types.some(({ type, depth }) => type === wanted && (type !== 'ec2:LaunchTemplate' || (depth ?? 0) >= allVersions)),
  );

/** The report of an AMI that counts, or the reason why none does, and whether to ask EC2 for a new one. */
interface ReportChoice {
  use: Evidence<UsageReport>;
  ask: boolean;
  underway: boolean;
}

/** Chooses among the reports of one AMI. EC2 makes one report of an AMI at a time, and keeps it for 30 days. */
export function chooseReport(reports: UsageReport[], now: Date): ReportChoice {
  const newestFirst = reports.toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
  const pending = newestFirst.find(({ state }) => state === 'pending');
  const ready = newestFirst.find((one) => one.state === 'available' && isWhole(one));
  const underway = pending !== undefined;
  const ask = pending === undefined && (ready === undefined || ageOf(ready, now) > renewDays * day);
  if (ready && ageOf(ready, now) <= staleDays * day) return { use: { known: ready }, ask, underway };
  if (pending) {
    const unknown = `EC2 has not completed its usage report ${pending.report}, which was asked for at ${pending.createdAt}`;
    return { use: { unknown }, ask, underway };
  }
  const [last] = newestFirst;
  if (last?.state === 'error')
    return {
      use: { unknown: `EC2 could not make its usage report ${last.report}: ${last.reason ?? 'it gives no reason'}` },
      ask,
      underway,
    };
  if (ready)
    return { use: { unknown: `the last usage report, ${ready.report}, is of ${ready.createdAt}` }, ask, underway };
  return { use: { unknown: 'EC2 has no usage report of all accounts and resources' }, ask, underway };
}

const countOf = (entries: UsageEntry[], type: RegExp): number =>
  entries.filter((one) => type.test(one.type)).reduce((sum, { count }) => sum + count, 0);

/** What a report says, by account. A resource of a type that is new to us counts as an Image Builder recipe. */
export function accountsIn({ report, createdAt }: UsageReport, entries: UsageEntry[]): OtherAccounts {
  const own = entries.filter((one) => one.report === report);
  const accounts = [...new Set(own.map(({ account }) => account))].toSorted();
  return {
    reportedAt: createdAt,
    report,
    accounts: accounts.map((account) => {
      const those = own.filter((one) => one.account === account);
      return {
        account,
        instances: countOf(those, /^ec2:Instance$/),
        templates: countOf(those, /^ec2:LaunchTemplate$/),
        recipes: countOf(those, /^(?!ec2:(Instance|LaunchTemplate)$)/),
      };
    }),
  };
}
