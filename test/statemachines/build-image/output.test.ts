// The agent uploads output of commands with the rights of the instance profile, which may lack them.
import { expect, test } from '@jest/globals';
import { build, manifestIn, onlyManifest, pipeline } from '../../support/pipeline.ts';

const commandOutput = 'refused';
const note = expect.stringMatching(
  /^no output of the build's commands arrived at s3:\/\/golden-artifacts-\d+\/commands\/base\/.*instance profile golden-image-builder needs s3:PutObject/,
) as unknown;

test('a build whose output does not arrive is published, and says so once in its log and in its manifest', async () => {
  const warned: unknown[] = [];
  const onLog = (line: Record<string, unknown>) => void (line['level'] === 'WARN' && warned.push(line));
  const simulation = pipeline({ scenario: { commandOutput }, onLog });
  const execution = await build(simulation);
  expect(execution.status).toBe('SUCCEEDED');
  expect(manifestIn(simulation, execution).notes).toEqual([note]);
  expect(warned).toEqual([expect.objectContaining({ state: 'CleanUp', recipe: 'base', note })]);
});

test('a build that fails after its builder was provisioned says so, too', async () => {
  const simulation = pipeline({
    scenario: { commandOutput, commands: [{ step: 'boots', exitCode: 1, stderr: 'no' }] },
  });
  expect(await build(simulation)).toMatchObject({ error: 'CheckFailed' });
  expect(onlyManifest(simulation)?.notes).toEqual([note]);
});

test('a step that fails points at its output only where that arrived', async () => {
  const commands = [{ step: 'patch', exitCode: 1, stderr: 'no' }];
  const { cause: lost } = await build(pipeline({ scenario: { commandOutput, commands } }));
  expect(lost).toMatch(
    /--- end of stderr\n[^]*--- its whole output did not arrive at s3:\/\/\S+: may the role of the inst/,
  );
  const { cause: there } = await build(pipeline({ scenario: { commands } }));
  expect(there).toMatch(/--- all of it: s3:/);
});
