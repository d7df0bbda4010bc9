import { expect, test } from '@jest/globals';
import type { Manifest } from '../../../core/build/manifest.ts';
import { restoredDescription, versionDescription } from '../../../core/publish/parameter-version.ts';
import { imagePublished } from '../../../core/report/image-published.ts';

const target = (region: string, status: string, ami: string | null = `ami-${region}`) => ({
  region,
  ami,
  status,
  parameter: status === 'published' ? '/golden/base/stable' : null,
});
const manifest = (status: string, targets: object[]) =>
  ({ recipe: 'base', build: '1', status, image: { name: 'base-1' }, targets }) as unknown as Manifest;

test('the event names the published images only, and the manifest', () => {
  const seen = manifest('published', [target('eu-west-1', 'published'), target('us-east-1', 'failed')]);
  expect(imagePublished(seen, 's3://bucket/key')).toEqual({
    id: 'base-1',
    recipe: 'base',
    build: '1',
    name: 'base-1',
    images: [{ region: 'eu-west-1', ami: 'ami-eu-west-1', parameter: '/golden/base/stable' }],
    manifest: 's3://bucket/key',
  });
});

test.each(['failed', 'up-to-date'])('a build that is %s tells of no image', (status) => {
  expect(imagePublished(manifest(status, [target('eu-west-1', 'failed')]), 's3://bucket/key')).toBeUndefined();
});

test('a version of a parameter says recipe, build and image', () => {
  expect(versionDescription({ recipe: 'base', build: '1' }, 'ami-1')).toBe('recipe base, build 1, image ami-1');
});

test('a restored version says what the tags of its image tell, and why', () => {
  const tags = { 'golden:recipe': 'base', 'golden:build': '1' };
  expect(restoredDescription(tags, 'ami-1', 'x')).toBe('recipe base, build 1, image ami-1; restored: x');
  expect(restoredDescription(undefined, 'ami-1', 'x')).toBe('image ami-1; restored: x');
});

test('targets that a build got later are told under another id, and an addition that reached none is not', () => {
  const seen = manifest('published', [target('eu-west-1', 'published')]);
  const idWith = (...added: string[][]) =>
    imagePublished({ ...seen, added: added.map((targets) => ({ targets })) } as unknown as Manifest, '')?.id;
  expect([idWith([]), idWith(['eu-west-2'], [])]).toEqual(['base-1', 'base-1-further-1']);
});
