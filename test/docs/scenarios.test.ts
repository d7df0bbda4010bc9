import { expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../cli/golden.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import { recordingTerminal } from '../cli/recording-terminal.ts';

const outcomes: Record<string, { exitCode: number; error?: string }> = {
  'failing-check.yaml': { exitCode: 1, error: 'CheckFailed' },
  'failing-copy.yaml': { exitCode: 1, error: 'TargetsIncomplete' },
  'failing-step.yaml': { exitCode: 1, error: 'ProvisionFailed' },
  'hardened-account.yaml': { exitCode: 2 },
  'lost-answers.yaml': { exitCode: 0 },
  'lost-output.yaml': { exitCode: 0 },
  'no-capacity.yaml': { exitCode: 0 },
  'refused-publish.yaml': { exitCode: 1, error: 'PublishFailed' },
};

test('every scenario of the docs has an outcome to be held to', () => {
  expect(readdirSync('docs/scenarios').toSorted()).toEqual(Object.keys(outcomes));
});

test.each(Object.entries(outcomes))('%s ends as its comment says', async (file, { exitCode, error }) => {
  const { terminal, out: stdout, err: stderr } = recordingTerminal();
  const out = mkdtempSync(join(tmpdir(), 'golden-'));
  const scenario = `docs/scenarios/${file}`;
  expect(readFileSync(scenario, 'utf8')).toMatch(/^# \w/);
  expect(await golden(['simulate', '--json', '--scenario', scenario, '--out', out], terminal)).toBe(exitCode);
  const manifest = JSON.parse(stdout()) as Manifest;
  expect(manifest.failure?.error).toBe(error);
  expect(manifest.failure?.left ?? []).toEqual([]);
  expect(stderr()).not.toContain('nothing was hit');
});

test('a rule that hits nothing is reported, since its name is most likely misspelt', async () => {
  const { terminal, err: stderr } = recordingTerminal();
  const out = mkdtempSync(join(tmpdir(), 'golden-'));
  const scenario = join(out, 'scenario.yaml');
  writeFileSync(scenario, 'commands: [{ step: hardn, exitCode: 1 }]');
  expect(await golden(['simulate', '--scenario', scenario, '--out', out], terminal)).toBe(0);
  expect(stderr()).toContain('nothing was hit by commands[0] {"step":"hardn","exitCode":1}');
});
