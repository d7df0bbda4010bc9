import {
  CancelImportTaskCommand,
  CreateTagsCommand,
  DescribeImportSnapshotTasksCommand,
  EC2Client,
  type ImportSnapshotTask,
} from '@aws-sdk/client-ec2';
import { madeBy, type BuildIdentity, type Tags } from '../../core/tags.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { fromTags, toTags } from '../tags.ts';

/** A task by which EC2 makes a snapshot of a file in S3. */
export interface ImportTask {
  task: string;
  /** active | completed | deleting | deleted. A task that failed is deleted, too. */
  state: string;
  /** What EC2 does now, or why the task failed, in EC2's words. */
  message: string;
  progress: string;
  /** Known once EC2 has made it. It has none of the task's tags. */
  snapshot?: string;
  tags: Tags;
}

const described = ({ ImportTaskId = '', SnapshotTaskDetail: detail = {}, Tags }: ImportSnapshotTask): ImportTask => ({
  task: ImportTaskId,
  state: detail.Status ?? 'active',
  message: detail.StatusMessage ?? '',
  progress: detail.Progress ?? '0',
  ...(detail.SnapshotId !== undefined && { snapshot: detail.SnapshotId }),
  tags: fromTags(Tags),
});

/** Whether EC2 still works on a task. AWS documents no list of states. */
export const isUnderWay = ({ state }: Pick<ImportTask, 'state'>): boolean =>
  !/^(completed|deleting|deleted|cancel.*|error|failed)$/.test(state);

/** The import tasks of a build, or all that carry our tags. AWS documents no filter for tags, so EC2 lists all tasks of the region. */
export async function findImportTasks(aws: Connection, build?: BuildIdentity): Promise<ImportTask[]> {
  const { region } = aws;
  const tasks = await ask({ action: 'ec2:DescribeImportSnapshotTasks', region }, () =>
    everyPage(
      (NextToken) => aws.client(EC2Client).send(new DescribeImportSnapshotTasksCommand({ NextToken })),
      ({ ImportSnapshotTasks }) => ImportSnapshotTasks,
    ),
  );
  const ours = ({ tags }: ImportTask) => (build ? madeBy(build, tags) : tags['golden:build'] !== undefined);
  return tasks.map(described).filter(ours);
}

/** Cancels a task. EC2 removes what it has made of the snapshot. A task that is over by now is no error: the next look shows its end. */
export async function cancelImport(aws: Connection, region: string, task: string): Promise<void> {
  await ask(
    { action: 'ec2:CancelImportTask', region, about: task },
    () => aws.client(EC2Client, region).send(new CancelImportTaskCommand({ ImportTaskId: task })),
    { gone: () => undefined, IncorrectState: () => undefined },
  );
}

/** Gives the snapshot of an import its tags. EC2 takes none for it when the import begins. Repeating it changes nothing. */
export async function tagImported(aws: Connection, region: string, snapshot: string, tags: Tags): Promise<void> {
  await ask({ action: 'ec2:CreateTags', region, about: snapshot }, () =>
    aws.client(EC2Client, region).send(new CreateTagsCommand({ Resources: [snapshot], Tags: toTags(tags) })),
  );
}
