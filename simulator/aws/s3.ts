import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type {
  DeleteObjectRequest,
  GetObjectRequest,
  HeadObjectRequest,
  ListObjectsV2Request,
  PutObjectRequest,
} from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { ApiError, type Actions } from './calls/actions.ts';
import { strict } from './calls/strict.ts';
import type { World } from './state/world.ts';
import type { StoredObject, Bucket } from './state/buckets.ts';

/** Stores an object in a bucket of the simulated S3, with its ETag and the time. */
export function storeObject(
  world: World,
  bucket: Bucket,
  key: string,
  body: string | Uint8Array,
  more: Partial<Pick<StoredObject, 'type' | 'encryption' | 'keyId' | 'metadata'>> = {},
): StoredObject {
  const bytes = Buffer.from(body as Uint8Array);
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const object = {
    type: undefined,
    encryption: 'AES256',
    keyId: undefined,
    metadata: undefined,
    ...more,
    body: bytes,
    etag,
    at: world.clock.now(),
  };
  bucket.objects.set(key, object);
  return object;
}

const precondition = () =>
  new ApiError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);

/** The simulated S3 actions that the pipeline uses. Reads and writes are strongly consistent. */
export function s3Actions(world: World): Actions {
  return {
    PutObject: strict(
      's3:PutObject',
      'Bucket Key Body ContentType IfNoneMatch IfMatch ServerSideEncryption SSEKMSKeyId Metadata ChecksumAlgorithm',
      (input: PutObjectRequest) => putObject(world, input),
    ),
    GetObject: strict('s3:GetObject', 'Bucket Key Range IfMatch ChecksumMode', (input: GetObjectRequest) =>
      getObject(world, input),
    ),
    HeadObject: strict('s3:HeadObject', 'Bucket Key ChecksumMode', (input: HeadObjectRequest) =>
      headers(objectAt(world, input, 'NotFound')),
    ),
    ListObjectsV2: strict(
      's3:ListObjectsV2',
      'Bucket Prefix Delimiter StartAfter ContinuationToken MaxKeys ExpectedBucketOwner',
      (input: ListObjectsV2Request) => listObjectsV2(world, input),
    ),
    DeleteObject: strict('s3:DeleteObject', 'Bucket Key', (input: DeleteObjectRequest) => {
      bucketNamed(world, input.Bucket).objects.delete(input.Key ?? '');
      return {};
    }),
  };
}

function putObject(world: World, input: PutObjectRequest) {
  const bucket = bucketNamed(world, input.Bucket);
  const present = bucket.objects.get(input.Key ?? '');
  if (input.IfNoneMatch !== undefined && input.IfNoneMatch !== '*') {
    throw new ApiError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  }
  if (input.IfNoneMatch === '*' && present) throw precondition();
  if (input.IfMatch !== undefined && !present)
    throw new ApiError('NoSuchKey', 'The specified key does not exist.', 404);
  if (input.IfMatch !== undefined && quoted(input.IfMatch) !== present?.etag) throw precondition();
  const body: unknown = input.Body ?? '';
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new Error('the simulator implements s3:PutObject for strings and bytes only');
  }
  const { ContentType, ServerSideEncryption = 'AES256', SSEKMSKeyId, Metadata } = input;
  const stored = storeObject(world, bucket, input.Key ?? '', body, {
    type: ContentType,
    encryption: ServerSideEncryption,
    keyId: SSEKMSKeyId,
    metadata: Metadata,
  });
  return { ETag: stored.etag, ServerSideEncryption };
}

function getObject(world: World, input: GetObjectRequest) {
  const object = objectAt(world, input);
  if (input.IfMatch !== undefined && quoted(input.IfMatch) !== object.etag) throw precondition();
  const { start, end } = rangeOf(input.Range, object.body.length);
  const body = input.Range === undefined ? object.body : object.body.subarray(start, end);
  const ContentRange = input.Range === undefined ? undefined : `bytes ${start}-${end - 1}/${object.body.length}`;
  return {
    ...headers(object),
    ContentLength: body.length,
    ContentRange,
    Body: streamOf(body),
  };
}

const texts = new WeakMap<Buffer, string>();

/** The text of an object. It is decoded once: in a year the documents of a channel are read ten thousand times. */
function textOf(bytes: Buffer): string {
  const text = texts.get(bytes) ?? bytes.toString();
  texts.set(bytes, text);
  return text;
}

/** A stream as the SDK answers it. It can be transformed once; a handler that wants all bytes at once does not wait for a stream. */
function streamOf(bytes: Buffer) {
  const stream = Readable.from(bytes.length > 0 ? [bytes] : []);
  let over = false;
  const once = () => {
    if (over || stream.readableDidRead) throw new Error('The stream has already been transformed.');
    over = true;
    return bytes;
  };
  return Object.assign(sdkStreamMixin(stream), {
    transformToString: async (encoding?: BufferEncoding) =>
      encoding === undefined ? textOf(once()) : once().toString(encoding),
    transformToByteArray: async () => new Uint8Array(once()),
  });
}

function listObjectsV2(world: World, input: ListObjectsV2Request) {
  const { Prefix = '', Delimiter, MaxKeys = 1000, ContinuationToken, StartAfter = '' } = input;
  const after = ContinuationToken === undefined ? StartAfter : Buffer.from(ContinuationToken, 'base64').toString();
  const { objects, owner = world.account } = bucketNamed(world, input.Bucket);
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
  if ((input.ExpectedBucketOwner ?? owner) !== owner) throw new ApiError('AccessDenied', 'Access Denied', 403);
  // A key that continues after the delimiter is listed once, by its part up to the delimiter.
  const entry = (key: string) => {
    const stop = Delimiter === undefined ? -1 : key.indexOf(Delimiter, Prefix.length);
    return stop < 0 ? key : key.slice(0, stop + Delimiter!.length);
  };
  const found = new Set<string>();
  for (const key of objects.keysBelow(Prefix)) found.add(entry(key));
  const entries = [...found].filter((key) => key > after);
  const listed = entries.slice(0, Math.min(MaxKeys, 1000));
  const contents = listed.flatMap((Key) => {
    const object = objects.get(Key);
    return object
      ? [
          {
            Key,
            ETag: object.etag,
            Size: object.body.length,
            LastModified: new Date(object.at),
            StorageClass: 'STANDARD',
          },
        ]
      : [];
  });
  const prefixes = listed.filter((key) => !objects.has(key)).map((each) => ({ Prefix: each }));
  const more = entries.length > listed.length;
  return {
    Name: input.Bucket,
    Prefix,
    Delimiter,
    MaxKeys,
    KeyCount: listed.length,
    IsTruncated: more,
    NextContinuationToken: more ? Buffer.from(listed.at(-1) ?? '').toString('base64') : undefined,
    Contents: contents.length > 0 ? contents : undefined,
    CommonPrefixes: prefixes.length > 0 ? prefixes : undefined,
  };
}

function bucketNamed(world: World, name = ''): Bucket {
  const bucket = world.buckets.get(name);
  if (!bucket) throw new ApiError('NoSuchBucket', 'The specified bucket does not exist', 404);
  return bucket;
}

function objectAt(
  world: World,
  input: { Bucket: string | undefined; Key: string | undefined },
  missing = 'NoSuchKey',
): StoredObject {
  const object = bucketNamed(world, input.Bucket).objects.get(input.Key ?? '');
  if (!object) throw new ApiError(missing, 'The specified key does not exist.', 404);
  return object;
}

const headers = (object: StoredObject) => ({
  AcceptRanges: 'bytes',
  ContentLength: object.body.length,
  ContentType: object.type ?? 'application/octet-stream',
  ETag: object.etag,
  LastModified: new Date(object.at),
  Metadata: object.metadata ?? {},
  ServerSideEncryption: object.encryption,
  SSEKMSKeyId: object.keyId,
  // S3 leaves the header out for S3 Standard: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
  StorageClass: object.storageClass,
  Restore: object.restore,
});

const quoted = (etag: string) => (etag.startsWith('"') ? etag : `"${etag}"`);

/** `bytes=-N` (the last N) or `bytes=A-B` or `bytes=A-`. */
function rangeOf(range: string | undefined, length: number): { start: number; end: number } {
  if (range === undefined) return { start: 0, end: length };
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if (start < end && first + last !== '') return { start, end };
  throw new ApiError('InvalidRange', 'The requested range is not satisfiable', 416);
}
