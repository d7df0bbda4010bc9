import { expect, test } from '@jest/globals';
import { Readable } from 'node:stream';
import { turnBack } from '../../../aws/channel/carry-out-revocation.ts';
import { connect } from '../../../aws/connection.ts';

test('a revoke is not turned back while it cannot be read whether all of its builds are revoked', async () => {
  const calls: string[] = [];
  const revoked = { schema: 1, state: 'revoked', execution: 'e', who: 'w', at: '2026-11-23T03:00:00.000Z', images: [] };
  const config = () => ({
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    requestHandler: {
      async handle({ method, path }: { method: string; path: string }) {
        calls.push(method);
        const { HttpResponse } = await import('@smithy/core/protocols');
        const isRefused = path.includes('base-arm64');
        const body = isRefused
          ? '<Error><Code>AccessDenied</Code><Message>no</Message></Error>'
          : JSON.stringify(revoked);
        const headers = { 'content-type': isRefused ? 'application/xml' : 'application/json', etag: '"1"' };
        return {
          response: new HttpResponse({ statusCode: isRefused ? 403 : 200, headers, body: Readable.from([body]) }),
        };
      },
    },
  });
  const artifacts = { aws: connect('us-east-1', { config }), bucket: 'artifacts' };
  const build = '20261123-030000-9f2c';
  const builds = ['base-x86_64', 'base-arm64'].map((recipe) => ({ recipe, build, images: [] }));
  expect(await turnBack(artifacts as never, builds, 'e')).toEqual([
    expect.stringMatching(/^the images of base-arm64-20261123-030000-9f2c: .*AccessDenied/),
  ]);
  expect(new Set(calls)).toEqual(new Set(['GET']));
});
