import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { awstoeFingerprint, awstoeKey } from '../../../../core/guest/remote/awstoe.ts';

test('the key that AWSTOE is checked with has the fingerprint that AWS documents', () => {
  const bytes = Buffer.from(awstoeKey, 'base64');
  // A packet of OpenPGP: its tag, two bytes of length, and the key, of which a fingerprint of version 4 is the SHA-1.
  const length = bytes.readUInt16BE(1);
  const hashed = createHash('sha1').update(bytes.subarray(0, 3 + length));
  expect(hashed.digest('hex').toUpperCase()).toBe(awstoeFingerprint);
});
