import { expect, test } from '@jest/globals';
import { build, leftIn, nothing, pipeline, statesEntered } from '../../support/pipeline.ts';

test('an image that fails a check is shared with nobody, and its copies are taken back in every region', async () => {
  const scenario = { commands: [{ step: 'boots', exitCode: 1, stderr: 'unit failed' }] };
  const simulation = pipeline({ scenario });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'CheckFailed', cause: expect.stringContaining('unit failed') });
  expect(statesEntered(execution)).toContain('CopyImage');
  expect(statesEntered(execution)).not.toContain('GrantPermissions');
  expect(leftIn(simulation)).toEqual(nothing);
});
