import { expect, test } from '@jest/globals';
import { _InstanceType } from '@aws-sdk/client-ec2';
import { architectureOf } from '../../../../core/recipe/rules/architecture.ts';
import { instanceTypeOf } from '../../../../simulator/aws/ec2/instances/instance-types.ts';

const types = Object.values(_InstanceType);

test('what a name tells is what the simulated EC2 says of the type', () => {
  const both = types.filter((type) => instanceTypeOf(type));
  expect(both.length).toBeGreaterThan(300);
  const differing = both.filter((type) => architectureOf(type) !== instanceTypeOf(type)?.architecture);
  expect(differing).toEqual([]);
});

test.each([
  ['t4g.small', 'arm64'],
  ['a1.large', 'arm64'],
  ['im4gn.large', 'arm64'],
  ['g5g.xlarge', 'arm64'],
  ['hpc7g.4xlarge', 'arm64'],
  ['p6e-gb200.36xlarge', 'arm64'],
  ['g4dn.xlarge', 'x86_64'],
  ['m7i-flex.large', 'x86_64'],
  ['r8id.large', 'x86_64'],
  ['x8aedz.large', 'x86_64'],
  ['u7in-16tb.224xlarge', 'x86_64'],
  ['mac2.metal', undefined],
  ['q9.small', undefined],
])('%s is %s', (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});
