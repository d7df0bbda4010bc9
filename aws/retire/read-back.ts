import { lastingFailure } from '../../core/errors.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { withEnds, type RetireReport, type RetireRow } from '../../core/retire/retire-report.ts';
import type { AmiEnd } from '../../core/retire/retirement.ts';
import { isBeingDeprecated, saysAmi, type RetireStep } from '../../core/retire/retiring.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { describeAnyImage } from '../images/disabling.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { reachImages, type ReachImage } from '../accounts/reach-images.ts';

/** How RetireBuild ended for a build. */
type Result = BuildIdentity & { failure?: Parameters<typeof failureMessage>[0] | undefined };

/** The rows of a run with how their steps ended, as RetireBuild wrote that down with each build. */
export const readEnds = (artifacts: Artifacts, report: RetireReport, results: Result[]): Promise<RetireRow[]> =>
  Promise.all(
    report.rows.map(async (row) => {
      if (row.step === null) return row;
      const result = results.find(({ recipe, build }) => recipe === row.recipe && build === row.build);
      const steps = (await readDocument(artifacts, row, 'retirement'))?.steps ?? [];
      const taken = steps.find(({ execution }) => execution === report.execution);
      return withEnds(row, taken?.ends, result?.failure ? failureMessage(result.failure) : 'RetireBuild did not run');
    }),
  );

/** What EC2 does not show yet of a step, for one AMI. */
async function lackOf(reach: ReachImage, step: RetireStep, end: AmiEnd, now: Date): Promise<string | undefined> {
  try {
    const image = await describeAnyImage(await reach(end), end.region, end.ami);
    const state = image?.state ?? 'deregistered';
    const right =
      state === 'deregistered' ||
      (step === 'disable' && state === 'disabled') ||
      (step === 'deprecate' && image !== undefined && isBeingDeprecated(image, now));
    return right ? undefined : `EC2 shows ${saysAmi(end)} as ${state} after ${step}`;
  } catch (error) {
    return lastingFailure(error).message;
  }
}

/** The row with an error for each AMI whose step EC2 does not show. Those that failed before keep their error. */
export async function withLacks(
  artifacts: Artifacts,
  row: RetireRow,
  { who, now }: { who: string; now: Date },
): Promise<{ row: RetireRow; lacks: string[] }> {
  const { step, ends } = row;
  if (step === null || !ends) return { row, lacks: [] };
  const reach = reachImages(artifacts, row, { verb: 'retire', who }, 'retire');
  const seen = await Promise.all(
    ends.map(async (end) => ({ end, lack: end.error === undefined ? await lackOf(reach, step, end, now) : undefined })),
  );
  return {
    row: { ...row, ends: seen.map(({ end, lack }) => (lack === undefined ? end : { ...end, error: lack })) },
    lacks: seen.flatMap(({ lack }) => lack ?? []),
  };
}
