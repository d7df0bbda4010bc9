import { expect, test } from '@jest/globals';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { lab } from '../lab.ts';

const Bucket = 'artifacts';
function withBucket() {
  const { cloud, s3, run } = lab();
  cloud.createBucket(Bucket, 'us-east-1');
  const client = s3();
  const put = (Key: string, Body: string | Uint8Array, more = {}) =>
    run(() => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })));
  return { cloud, client, run, put };
}

test('what is put is got back, as text and as bytes', async () => {
  const { client, run, put, cloud } = withBucket();
  await put('a/manifest.json', '{"schema":1}', { ContentType: 'application/json' });
  const object = await run(() => client.send(new GetObjectCommand({ Bucket, Key: 'a/manifest.json' })));
  expect(await object.Body!.transformToString()).toBe('{"schema":1}');
  expect(object).toMatchObject({ ContentType: 'application/json', ContentLength: 12 });
  await put('bytes', new Uint8Array([1, 2, 3]));
  const bytes = await run(() => client.send(new GetObjectCommand({ Bucket, Key: 'bytes' })));
  expect([...(await bytes.Body!.transformToByteArray())]).toEqual([1, 2, 3]);
  expect(cloud.readObject(Bucket, 'a/manifest.json')).toBe('{"schema":1}');
});

test('the body of an object is read once, as a whole or as a stream', async () => {
  const { client, run, put } = withBucket();
  await put('log', 'a line');
  const get = async () => (await run(() => client.send(new GetObjectCommand({ Bucket, Key: 'log' })))).Body!;
  const whole = await get();
  await whole.transformToString();
  await expect(whole.transformToByteArray()).rejects.toThrow('already been transformed');
  const streamed = await get();
  expect(await text(streamed as Readable)).toBe('a line');
  await expect(streamed.transformToString()).rejects.toThrow('already been transformed');
});

test('a range gives the end of a long log', async () => {
  const { client, run, put } = withBucket();
  await put('stdout', 'first line\nlast line');
  const tail = await run(() => client.send(new GetObjectCommand({ Bucket, Key: 'stdout', Range: 'bytes=-9' })));
  expect(await tail.Body!.transformToString()).toBe('last line');
  expect(tail.ContentRange).toBe('bytes 11-19/20');
});

test('a missing object is NoSuchKey, and NotFound for a look without a body', async () => {
  const { client, run } = withBucket();
  const missing = run(() => client.send(new GetObjectCommand({ Bucket, Key: 'none' })));
  await expect(missing).rejects.toBeInstanceOf(NoSuchKey);
  await expect(run(() => client.send(new HeadObjectCommand({ Bucket, Key: 'none' })))).rejects.toMatchObject({
    name: 'NotFound',
  });
  await expect(run(() => client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'none' })))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
});

test('a write can insist that nothing is there, or on what is there', async () => {
  const { put } = withBucket();
  const { ETag } = await put('record', 'one', { IfNoneMatch: '*' });
  const refused = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } };
  await expect(put('record', 'two', { IfNoneMatch: '*' })).rejects.toMatchObject(refused);
  await put('record', 'two', { IfMatch: ETag });
  await expect(put('record', 'three', { IfMatch: ETag })).rejects.toMatchObject(refused);
});

test('a listing goes by prefix and page, and can fold folders', async () => {
  const { client, run, put } = withBucket();
  for (const key of ['builds/a/1', 'builds/a/2', 'builds/b/1', 'other']) await put(key, 'x');
  const list = (more: object) => run(() => client.send(new ListObjectsV2Command({ Bucket, ...more })));
  const first = await list({ Prefix: 'builds/', MaxKeys: 2 });
  expect(first).toMatchObject({ IsTruncated: true, KeyCount: 2 });
  const second = await list({ Prefix: 'builds/', ContinuationToken: first.NextContinuationToken });
  const keys = [...first.Contents!, ...second.Contents!].map((each) => each.Key);
  expect(keys).toEqual(['builds/a/1', 'builds/a/2', 'builds/b/1']);
  const folded = await list({ Prefix: 'builds/', Delimiter: '/' });
  expect(folded.CommonPrefixes).toEqual([{ Prefix: 'builds/a/' }, { Prefix: 'builds/b/' }]);
});

test('a deleted object is gone, and deleting it again is no error', async () => {
  const { client, run, put } = withBucket();
  await put('gone', 'x');
  for (const _ of [1, 2]) await run(() => client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' })));
  await expect(run(() => client.send(new HeadObjectCommand({ Bucket, Key: 'gone' })))).rejects.toMatchObject({
    name: 'NotFound',
  });
});
