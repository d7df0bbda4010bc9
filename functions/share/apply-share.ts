import * as z from 'zod/mini';
import { connectionTo } from '../../aws/accounts/other-accounts.ts';
import { readDocument } from '../../aws/memory/documents.ts';
import { changePermissions, changingPermissions } from '../../aws/work/permissions.ts';
import { targetName } from '../../core/accounts/account-copies.ts';
import { changeLines, takenBackChanges } from '../../core/distribute/permissions.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import { roleToOwner } from '../../core/share/share-report.ts';
import { lambda, runReference, stage } from '../stage.ts';

/**
 * Makes the permissions of one published image and of its snapshots what the report says. Repeating it changes nothing. If EC2
 * refuses a part, the image gets back what it had, so that no region keeps half of a change.
 */
export const applyShare = stage({
  name: 'ApplyShare',
  input: z.strictObject({ execution: runReference, region: z.string(), ami: z.string() }),
  permissions: ['s3:GetObject', 'sts:AssumeRole', ...changingPermissions],
  async run({ execution: { id: execution, startedAt }, region, ami }, cloud) {
    const report = await readDocument(cloud, { execution, startedAt }, 'shareReport');
    if (!report) throw new Failure('StageInputInvalid', 'ResolveShare wrote no report');
    const image = report.images.find((one) => one.region === region && one.ami === ami);
    if (!image) throw new Failure('StageInputInvalid', `ResolveShare did not see ${ami} in ${region}`);
    if (changeLines(ami, image.changes).length === 0) return { region, ami };
    const session = { recipe: report.recipe, build: image.build, by: { verb: 'share', who: report.who } };
    const there = await connectionTo(cloud.aws, roleToOwner(image), session, 'share');
    try {
      await changePermissions(there, image, image.changes);
    } catch (error) {
      const failure = lastingFailure(error);
      const refused = await changePermissions(there, image, takenBackChanges(image.changes), 'all').then(
        () => [],
        (second: Error) => [second.message],
      );
      const back = refused.length === 0 ? 'has the users again that it had before' : 'may keep a part of the change';
      const message = [`${ami} in ${targetName(image)} ${back}: ${failure.message}`, ...refused].join('\n');
      throw new Failure('ShareFailed', message, { cause: failure });
    }
    return { region, ami };
  },
});

export const handler = lambda(applyShare);
