import type {
  CreateImageUsageReportRequest,
  DescribeImageUsageReportEntriesRequest,
  DescribeImageUsageReportsRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, refuseDryRun, required, strict } from '../../calls/strict.ts';
import type { Region } from '../../state/region.ts';
import type { StoredUsageReport } from '../../state/usage-reports.ts';
import type { World } from '../../state/world.ts';
import { selectByFilters } from '../filters.ts';
import { ownImage } from '../images/images.ts';
import { onceByToken } from '../instances/tokens.ts';
import { paginate } from '../pagination.ts';
import { tagList } from '../tags.ts';
import { isInVersions } from './references.ts';

const day = 86_400_000;
const keptFor = 30 * day;
/** "The past few days" of launch templates: the documentation gives no number. */
const templateLag = 3 * day;
const mostPending = 2000;
const most = 200;

const typeOptions = 'ResourceTypes.ResourceTypeOptions.OptionName ResourceTypes.ResourceTypeOptions.OptionValues';

/**
 * Usage reports: EC2 makes one of an AMI at a time, counts what other accounts have of it, and keeps the report for 30 days. Launches of
 * the day before are missing, and launch templates of the few days before.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/your-ec2-ami-usage.html
 * Nobody outside of AWS has seen the error codes of a second report or of an unknown one, so these are the simulator's own.
 */
export const usageReportActions = (world: World): Actions => ({
  CreateImageUsageReport: strict(
    'ec2:CreateImageUsageReport',
    `ImageId AccountIds ClientToken DryRun ResourceTypes.ResourceType ${typeOptions}`,
    (input: CreateImageUsageReportRequest, caller) => {
      const region = world.region(caller.region);
      const image = ownImage(region, caller, required(input.ImageId, 'ImageId'));
      const types = typesOf(input);
      refuseDryRun(input);
      const { DryRun: _dry, ...asked } = input;
      const ReportId = onceByToken(region, caller, 'CreateImageUsageReport', asked, () => {
        refuseTooManyReports(region, caller, image.id);
        return startReport(world, region, caller, { image: image.id, accounts: input.AccountIds ?? [], types });
      });
      return { ReportId };
    },
  ),
  DescribeImageUsageReports: strict(
    'ec2:DescribeImageUsageReports',
    `ImageIds ReportIds ${filters} ${page}`,
    (input: DescribeImageUsageReportsRequest, caller) => {
      const wanted = named(reportsOf(world, caller), input);
      const matching = selectByFilters(wanted, input.Filters, { state: ({ state }) => state });
      const { items, NextToken } = paginate(matching, input, { max: 1000, byDefault: 50 });
      return { ImageUsageReports: items.map(described), NextToken };
    },
  ),
  DescribeImageUsageReportEntries: strict(
    'ec2:DescribeImageUsageReportEntries',
    `ImageIds ReportIds ${page}`,
    (input: DescribeImageUsageReportEntriesRequest, caller) => {
      const entries = named(reportsOf(world, caller), input).flatMap(({ id, image, createdAt, entries: all }) =>
        all.map(({ account, type, count }) => ({
          ReportId: id,
          ImageId: image,
          AccountId: account,
          ResourceType: type,
          UsageCount: count,
          ReportCreationTime: new Date(createdAt),
        })),
      );
      const { items, NextToken } = paginate(entries, input, { max: 1000, byDefault: 50 });
      return { ImageUsageReportEntries: items, NextToken };
    },
  ),
});

const known = ['ec2:Instance', 'ec2:LaunchTemplate', 'imagebuilder:ImageRecipe', 'imagebuilder:ContainerRecipe'];

function typesOf({ ResourceTypes = [] }: CreateImageUsageReportRequest): StoredUsageReport['types'] {
  required(ResourceTypes[0], 'ResourceType');
  return ResourceTypes.map(({ ResourceType: type = '', ResourceTypeOptions: options = [] }) => {
    if (!known.includes(type)) throw new ApiError('InvalidParameterValue', `${type} is no resource type`);
    const depths = options.map(({ OptionName, OptionValues = [] }) => {
      const depth = Number(OptionValues[0]);
      const fits = type === 'ec2:LaunchTemplate' && OptionName === 'version-depth' && depth >= 1 && depth <= 10_000;
      if (!fits)
        throw new ApiError('InvalidParameterValue', `${OptionName} ${OptionValues.join(', ')} is no option of ${type}`);
      return depth;
    });
    return { type, depth: depths[0] ?? 20 };
  });
}

function refuseTooManyReports({ usageReports }: Region, { account }: Caller, image: string): void {
  const pending = [...usageReports.values()].filter((one) => one.owner === account && one.state === 'pending');
  if (pending.length >= mostPending || pending.some((one) => one.image === image))
    throw new ApiError('ResourceLimitExceeded', 'Too many image usage reports are in progress.');
}

function startReport(
  world: World,
  region: Region,
  caller: Caller,
  asked: Pick<StoredUsageReport, 'image' | 'accounts' | 'types'>,
): string {
  const id = world.newId('amiur', region.name);
  const createdAt = world.clock.now();
  const report: StoredUsageReport = {
    ...asked,
    id,
    owner: caller.account,
    state: 'pending',
    createdAt,
    entries: [],
    tags: new Map(),
  };
  region.usageReports.set(id, report);
  world.after(world.delays.draw('usageReport', { resource: id, region: region.name }), () => {
    report.state = 'available';
    report.entries = entriesOf(region, report);
  });
  return id;
}

/** What other accounts have of the AMI, as far as EC2 has counted it. */
function entriesOf(region: Region, { owner, image, accounts, types, createdAt }: StoredUsageReport) {
  const users: Record<string, (depth: number) => string[]> = {
    'ec2:Instance': () =>
      [...region.instances.values()]
        .filter((one) => one.image === image && one.state !== 'terminated' && one.launchedAt <= createdAt - day)
        .map((one) => one.owner),
    'ec2:LaunchTemplate': (depth) =>
      [...region.launchTemplates.values()]
        .map((one) => ({ ...one, versions: one.versions.filter(({ createdAt: at }) => at <= createdAt - templateLag) }))
        .filter((one) => isInVersions(one, image, depth))
        .map((one) => one.owner),
  };
  return types.flatMap(({ type, depth }) => {
    const counts = new Map<string, number>();
    for (const account of users[type]?.(depth) ?? []) counts.set(account, (counts.get(account) ?? 0) + 1);
    return [...counts].flatMap(([account, count]) =>
      account !== owner && (accounts.length === 0 || accounts.includes(account)) ? [{ account, type, count }] : [],
    );
  });
}

/** The reports of an account that EC2 still keeps. Others are forgotten: the oldest come first. */
function reportsOf(world: World, { account, region }: Caller): StoredUsageReport[] {
  const { usageReports } = world.region(region);
  for (const { id, createdAt } of usageReports.values()) {
    if (world.clock.now() < createdAt + keptFor) break;
    usageReports.delete(id);
  }
  return [...usageReports.values()].filter(({ owner }) => owner === account);
}

function named(
  reports: StoredUsageReport[],
  { ImageIds = [], ReportIds = [] }: { ImageIds?: string[] | undefined; ReportIds?: string[] | undefined },
): StoredUsageReport[] {
  if (ImageIds.length > most || ReportIds.length > most)
    throw new ApiError('InvalidParameterValue', `At most ${most} ids may be named`);
  const byId = new Map(reports.map((one) => [one.id, one]));
  const missing = ReportIds.find((id) => !byId.has(id));
  if (missing !== undefined)
    throw new ApiError('InvalidImageUsageReportId.NotFound', `The image usage report '${missing}' does not exist`);
  const [images, ids] = [new Set(ImageIds), new Set(ReportIds)];
  return reports.filter(({ id, image }) => (images.size === 0 || images.has(image)) && (ids.size === 0 || ids.has(id)));
}

const described = (report: StoredUsageReport) => ({
  ReportId: report.id,
  ImageId: report.image,
  State: report.state,
  StateReason: report.stateReason,
  CreationTime: new Date(report.createdAt),
  ExpirationTime: new Date(report.createdAt + keptFor),
  AccountIds: report.accounts,
  ResourceTypes: report.types.map(({ type, depth }) => ({
    ResourceType: type,
    ...(type === 'ec2:LaunchTemplate' && {
      ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(depth)] }],
    }),
  })),
  Tags: tagList(report.tags),
});
