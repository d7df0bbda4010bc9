import * as z from 'zod/mini';
import { readDocument, write } from '../../aws/memory/documents.ts';
import { executionHistory } from '../../aws/executions/executions.ts';
import { measurementsOf } from '../../core/report/build-measurements.ts';
import { Failure } from '../../core/errors.ts';
import { timingsOf } from '../../core/build/timings.ts';
import { upToDateManifest } from '../../core/start/up-to-date.ts';
import { buildReference, lambda, measure, stage } from '../stage.ts';

/** Writes the manifest of a build that had nothing to do. The manifest names the image that is published already. */
export const recordUpToDate = stage({
  name: 'RecordUpToDate',
  input: z.strictObject({ build: buildReference, published: z.string(), notes: z.array(z.string()) }),
  permissions: ['s3:GetObject', 's3:PutObject', 'states:GetExecutionHistory'],
  async run({ build: { recipe, build: name, execution }, published, notes }, cloud) {
    const before = await readDocument(cloud, { recipe, build: published }, 'manifest');
    if (!before) throw new Failure('StageInputInvalid', `there is no manifest of ${recipe} ${published} any more`);
    const timings = timingsOf(await executionHistory(cloud.aws, execution.id));
    const manifest = upToDateManifest(before, name, timings, notes);
    await write(cloud, { recipe, build: name }, 'manifest', manifest);
    measure(cloud, measurementsOf(manifest));
    return { recipe, build: name, status: manifest.status, published };
  },
});

export const handler = lambda(recordUpToDate);
