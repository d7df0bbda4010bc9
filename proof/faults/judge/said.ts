import type { ManifestAccountCopy } from '../../../core/accounts/manifest-copies.ts';
import type { SweepOutcome } from '../../../core/sweep/sweep-report.ts';
import type { ResourceState } from '../account-state.ts';
import { borrower } from '../setting.ts';
import { isOf } from '../strikes.ts';
import { stateOfPlace } from '../vocabulary.ts';
import type { Trial } from '../trial.ts';

/** The causes and outputs of all executions. */
export const wordsOf = ({ executions }: Trial): string[] =>
  executions.flatMap(({ cause, output }) => [cause ?? '', lastWord(output)]).filter(Boolean);

function lastWord(output = '{}'): string {
  const { cause } = JSON.parse(output) as { cause?: unknown };
  return typeof cause === 'string' ? cause : '';
}

/** The things reported as left by the manifest, the last output of an execution or the last sweep, one per line. */
export function linesOf(trial: Trial): string[] {
  return [
    ...(trial.manifest?.failure?.left ?? []),
    ...wordsOf(trial).flatMap((word) => /LEFT BEHIND: (.*)/.exec(word)?.[1]?.split(', ') ?? []),
    ...wordsOf(trial).flatMap((word) => word.match(/^kept .*/gm) ?? []),
    ...sweepLines(trial),
  ];
}

function sweepLines({ executions }: Trial): string[] {
  const last = executions.findLast((one) => isOf(one, 'sweep'));
  const { left = [], refused = [], spared = [] } = JSON.parse(last?.output ?? '{}') as Partial<SweepOutcome>;
  const lines = [...left, ...refused, ...spared].map(
    ({ kind, id, region, reason }) => `${kind} ${id} in ${region}: ${reason}`,
  );
  return [...lines, ...(last?.cause?.split('\n') ?? [])];
}

/** Whether somebody ended the clean-up itself; only Step Functions reports that. */
function isCleanUpEnded({ executions }: Trial): boolean {
  const status = executions.findLast((one) => isOf(one, 'clean-up-build'))?.status;
  return status === 'ABORTED' || status === 'TIMED_OUT';
}

/** Whether the clean-up never started or was ended by somebody. Only Step Functions can report that. */
export const isUnheard = (trial: Trial): boolean => trial.scenario.rates?.eventsLost === 1 || isCleanUpEnded(trial);

/** The published AMIs with their regions, from the manifest or else from Publish's record. */
export function publishedIn(trial: Trial): { region: string; ami: string }[] {
  const { manifest, ledger } = trial;
  if (manifest?.status === 'published')
    return manifest.targets.flatMap(({ region, ami, status }) =>
      status === 'published' && ami !== null ? [{ region, ami }] : [],
    );
  return !manifest && ledger?.complete && isUnheard(trial) ? ledger.after : [];
}

/** The published copies in the other account. */
export const publishedThere = ({ manifest }: Trial): ManifestAccountCopy[] =>
  manifest?.status === 'published' ? (manifest.copiedTo ?? []).filter(({ status }) => status === 'published') : [];

/** Whether the build may leave things behind: its clean-up was ended or lost something it needs, and a report says so. */
export function isUnknown(trial: Trial): boolean {
  const { scenario, executions } = trial;
  if (scenario.again === 'sweep') return executions.findLast((one) => isOf(one, 'sweep'))?.status !== 'SUCCEEDED';
  if (isCleanUpEnded(trial)) return true;
  const disabled = scenario.strikes.some(
    ({ place, fault, at = '' }) =>
      fault === 'denied' && stateOfPlace(place) === 'Compensate' && /^(s3|sfn):/.test(String(at)),
  );
  return disabled && linesOf(trial).some((line) => line.startsWith('unknown: the clean-up'));
}

// If AWS refused to list a kind of thing, the line names the place, and a person must look there.
const unlisted: Record<ResourceState['kind'], (region: string) => RegExp> = {
  instance: (region) => new RegExp(`^instances: ec2:DescribeInstances .*in ${region}:`),
  volume: (region) => new RegExp(`^(instances|volumes): ec2:Describe(Instances|Volumes) .*in ${region}:`),
  image: (region) =>
    new RegExp(`^images in ${region}: (ec2:DescribeImages|ec2:DescribeLaunchTemplate\\w+|ssm:GetParameter) `),
  snapshot: (region) =>
    new RegExp(
      `^(images|snapshots) in ${region}: (ec2:Describe(Images|Snapshots|LaunchTemplate\\w+)|ssm:GetParameter) `,
    ),
  grant: (region) => new RegExp(`^the grant of a key to ${borrower} in ${region}: `),
};

/** Whether a reader of the record learns that a thing is left. A line about a spared or kept AMI covers its snapshots, too. */
export function isSaid(trial: Trial, id: string, { kind, region }: ResourceState): boolean {
  if (isUnknown(trial)) return true;
  const { images } = trial.simulation.cloud.world.region(region);
  const needing = [...images.values()].filter(({ mappings }) => mappings.some(({ snapshot }) => snapshot === id));
  return linesOf(trial).some(
    (line) =>
      line.includes(id) ||
      unlisted[kind](region).test(line) ||
      (/^(kept|image) /.test(line) && needing.some((image) => line.includes(image.id))),
  );
}
