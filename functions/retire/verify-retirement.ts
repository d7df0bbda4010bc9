import * as z from 'zod/mini';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { readEnds, withLacks } from '../../aws/retire/read-back.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { Failure } from '../../core/errors.ts';
import { keyOf } from '../../core/memory/documents.ts';
import { retireFailure, retireMail } from '../../core/retire/retire-mail.ts';
import { retireOutcome, type RetireReport } from '../../core/retire/retire-report.ts';
import { caughtError, lambda, measure, runReference, type StageContext } from '../stage.ts';
import { wait } from '../wait.ts';

const retired = z.looseObject({ recipe: z.string(), build: z.string(), failure: z.optional(caughtError) });

/** Measures and tells what a run did. */
async function tell(report: RetireReport, at: string, cloud: StageContext): Promise<void> {
  const { counts, savedPerMonth } = retireOutcome(report, at);
  const { deprecate, disable, deregister, failed } = counts;
  const values = { ImagesRetired: deprecate + disable + deregister, RetirementsFailed: failed };
  measure(cloud, [{ of: {}, values, about: { level: failed > 0 ? 'WARN' : 'INFO', counts, savedPerMonth } }]);
  const mail = report.planOnly ? undefined : retireMail(report, at, cloud.deployment);
  if (mail && cloud.topic) await (await import('../../aws/topics.ts')).publishTo(cloud.aws, cloud.topic, mail);
}

/**
 * Reads every image back that took a step, until EC2 shows it. Then writes down what became of each, measures it and tells it. An
 * image that failed fails the execution, after all others are done.
 */
export const verifyRetirement = wait({
  name: 'VerifyRetirement',
  input: z.looseObject({ execution: runReference, retired: z.array(retired), patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', 's3:PutObject', 'ec2:DescribeImages', 'sts:AssumeRole', 'sns:Publish'],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.VerifyRetirement, limit: patienceSeconds }),
  async look({ execution: { id: execution, startedAt }, retired: results, late }, cloud) {
    const report = await readDocument(cloud, { execution, startedAt }, 'retireReport');
    if (!report) throw new Failure('StageInputInvalid', 'ResolveRetirement wrote no report');
    const at = `s3://${cloud.bucket}/${keyOf(report, 'retireReport')}`;
    const ended = (done: RetireReport) => {
      const cause = retireFailure(done, at);
      return { done: { failed: cause !== undefined, error: 'RetireFailed', cause, outcome: retireOutcome(done, at) } };
    };
    if (report.endedAt !== undefined) return ended(report);
    const rows = await readEnds(cloud, report, results);
    const asking = { who: report.who, now: cloud.now() };
    const looks = await Promise.all(rows.map((row) => withLacks(cloud, row, asking)));
    const lacks = looks.flatMap((look) => look.lacks);
    if (lacks.length > 0 && !late) return { waiting: lacks.slice(0, 10).join('; ') };
    const done = { ...report, rows: looks.map(({ row }) => row), endedAt: cloud.now().toISOString() };
    await tell(done, at, cloud);
    await write(cloud, report, 'retireReport', done);
    return ended(done);
  },
});

export const handler = lambda(verifyRetirement);
