import { expect, test } from '@jest/globals';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { build, leftIn, nothing, onlyManifest, pipeline } from '../../support/pipeline.ts';

test('a failure is recorded although its input may not be read, and the refusal is told', async () => {
  const call = ({ by, action }: InterferedCall) =>
    by === 'RecordFailure' && action === 'DescribeExecution'
      ? { error: 'AccessDeniedException', message: 'no', effect: false }
      : undefined;
  const simulation = pipeline({ interfere: { call }, scenario: { commands: [{ step: 'patch', exitCode: 7 }] } });
  const { error, cause } = await build(simulation);
  expect(error).toBe('ProvisionFailed');
  expect(cause).toMatch(/^AwaitCommand: "patch".*LEFT BEHIND: the input could not be read: states:DescribeExecution/s);
  expect(onlyManifest(simulation)?.failure).toMatchObject({
    state: 'AwaitCommand',
    error: 'ProvisionFailed',
    left: [expect.stringMatching(/^the input could not be read: states:DescribeExecution.*AccessDeniedException: no/)],
  });
  expect(leftIn(simulation)).toEqual(nothing);
});
