import * as z from 'zod/mini';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { readSharesBack, recordSharing } from '../../aws/share/verify-share.ts';
import { readingPermissions } from '../../aws/work/permissions.ts';
import { fixedWaits } from '../../core/build/fixed-waits.ts';
import { Failure } from '../../core/errors.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { failuresInWords, type ShareFailure, type ShareReport } from '../../core/share/share-report.ts';
import { caughtError, lambda, runReference } from '../stage.ts';
import { wait } from '../wait.ts';

const applied = z.looseObject({ region: z.string(), ami: z.string(), failure: z.optional(caughtError) });

/**
 * Reads every image back that was shared, until EC2 shows the recipe's users. A permission can take minutes to show. Then writes
 * down what became of each region. A region that failed fails the execution, after all others are done.
 */
export const verifyShare = wait({
  name: 'VerifyShare',
  input: z.looseObject({ execution: runReference, applied: z.array(applied), patienceSeconds: z.number() }),
  permissions: ['s3:GetObject', 's3:PutObject', 'sts:AssumeRole', ...readingPermissions],
  bounds: ({ patienceSeconds }) => ({ ...fixedWaits.VerifyShare, limit: patienceSeconds }),
  async look({ execution: { id: execution, startedAt }, applied: ends, late }, cloud) {
    const report = await readDocument(cloud, { execution, startedAt }, 'shareReport');
    if (!report) throw new Failure('StageInputInvalid', 'ResolveShare wrote no report');
    const ended = ({ failures }: Pick<ShareReport, 'failures'>) => ({
      done: { failed: failures.length > 0, error: 'ShareFailed', cause: failuresInWords(failures) },
    });
    if (report.endedAt !== undefined) return ended(report);
    const failed = ends.flatMap(({ region, ami, failure }): ShareFailure[] => {
      const { account } = report.images.find((one) => one.region === region && one.ami === ami) ?? {};
      return failure ? [{ region, account, ami, error: failureMessage(failure) }] : [];
    });
    const done = report.images.filter(
      ({ region, ami }) => !failed.some((one) => one.region === region && one.ami === ami),
    );
    const wrong = await readSharesBack(cloud.aws, done, report);
    if (wrong.length > 0 && !late) return { waiting: failuresInWords(wrong) };
    const failures = [...report.failures, ...failed, ...wrong];
    const right = done.filter(({ region, ami }) => !wrong.some((one) => one.region === region && one.ami === ami));
    const endedAt = cloud.now().toISOString();
    await recordSharing(cloud, report, right, endedAt);
    await write(cloud, report, 'shareReport', { ...report, failures, endedAt });
    return ended({ failures });
  },
});

export const handler = lambda(verifyShare);
