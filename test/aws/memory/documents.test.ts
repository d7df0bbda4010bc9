import { expect, test } from '@jest/globals';
import { keepFirst, replace } from '../../../aws/memory/documents.ts';
import { connect } from '../../../aws/connection.ts';

const identity = { recipe: 'base', build: '20261123-030000-9f2c' };
const lock = { execution: 'e', build: identity.build };

/** A bucket whose S3 gives these answers, one after the other. */
function bucketOf(...answers: string[]) {
  const config = () => ({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      handle: async () => {
        const code = answers.shift() ?? 'InternalError';
        const statusCode = { NoSuchKey: 404, PreconditionFailed: 412, ConditionalRequestConflict: 409 }[code] ?? 500;
        const { HttpResponse } = await import('@smithy/core/protocols');
        const body = Buffer.from(`<Error><Code>${code}</Code><Message>no</Message></Error>`);
        return { response: new HttpResponse({ statusCode, headers: { 'content-type': 'application/xml' }, body }) };
      },
    },
  });
  return { aws: connect('us-east-1', { config }), bucket: 'artifacts' };
}

test('an object that was there and is gone is no reason to believe what was never written', async () => {
  const artifacts = bucketOf('PreconditionFailed', 'NoSuchKey');
  await expect(keepFirst(artifacts, identity, 'undone', ['mine'])).rejects.toMatchObject({
    name: 'AwsTransient',
  });
});

test('a write over an object that is gone did not hold', async () => {
  expect(await replace(bucketOf('NoSuchKey'), identity, 'lock', lock, { version: '"e"' })).toBe(false);
});

test('a write that meets another one is to be tried again', async () => {
  const written = replace(bucketOf('ConditionalRequestConflict'), identity, 'lock', lock, 'nothing');
  await expect(written).rejects.toMatchObject({ name: 'AwsTransient' });
});
