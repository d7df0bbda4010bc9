import { expect, test } from '@jest/globals';
import { didYouMean } from '../../core/nearest.ts';

test('another name of an architecture is understood, although a wrong one looks more like it', () => {
  const architectures = ['x86_64', 'arm64'];
  expect(didYouMean('amd64', architectures)).toBe('; did you mean x86_64?');
  expect(didYouMean('aarch64', architectures)).toBe('; did you mean arm64?');
  expect(didYouMean('arm46', architectures)).toBe('; did you mean arm64?');
});
