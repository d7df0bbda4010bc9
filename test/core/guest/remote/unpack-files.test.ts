import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { unpackFiles } from '../../../../core/guest/remote/unpack-files.ts';

const carried = { sha256: 'a'.repeat(64), bytes: 1024, folder: true };

/** The script that arrives on the instance. */
function scriptFor(mode: string): string {
  const { parameters } = unpackFiles({ from: 'files/app', to: '/opt/app', mode }, carried, 60);
  const [, packed = ''] = /printf %s '([^']+)'/.exec(parameters.commandLine[0] ?? '') ?? [];
  return gunzipSync(Buffer.from(packed, 'base64')).toString();
}

test.each([
  ['644', '755'],
  ['0640', '0750'],
  ['0600', '0700'],
  ['4755', '4755'],
  ['6750', '6750'],
  ['0222', '0222'],
])('files of mode %s come in folders of mode %s', (mode, folders) => {
  const script = scriptFor(mode);
  expect(script).toContain(`-type f -exec chmod ${mode} `);
  expect(script).toContain(`-type d -exec chmod ${folders} `);
});
