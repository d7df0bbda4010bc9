import { beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../aws/connection.ts';
import { golden } from '../../cli/golden.ts';
import { processSurroundings } from '../../cli/surroundings.ts';
import { verbGroups } from '../../cli/verb-groups.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import { operator } from '../support/deployed.ts';
import { pipeline } from '../support/pipeline.ts';
import { recordingTerminal } from './recording-terminal.ts';

/** Command lines of the verbs that need a deployed pipeline. */
const lines = [
  'plan base',
  'build base',
  'register snap-0123456789abcdef0 --recipe base',
  'import s3://disks/web.vmdk --recipe base --format vmdk',
  'follow base',
  'cancel base',
  'list',
  'logs base',
  'shell base',
  'retry base',
  'report base',
  'inspect base',
  'status',
  'history base',
  'promote base --to prod',
  'rollback base',
  'revoke 20261123-030000-9f2c --why CVE-2026-1234 --yes',
  'restore 20261123-030000-9f2c',
  'share base --plan',
  'distribute base --plan',
  'policy',
  'retire --plan',
  'deregister 20261123-030000-9f2c --yes',
  'snapshots',
  'archive 20261123-030000-9f2c',
  'unarchive 20261123-030000-9f2c',
  'shell base',
  'retry base',
  'sweep --dry-run',
  'regions',
];
const withoutPipeline = ['init', 'fmt', 'render', 'validate', 'simulate', 'completion', 'doctor'];

test('every verb is here, or needs no pipeline', () => {
  const known = new Set([...lines.map((line) => line.split(' ')[0]), ...withoutPipeline]);
  expect(known).toEqual(new Set(Object.values(verbGroups).flat()));
});

const credentials = async () => {
  throw Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
};
const surroundings = {
  ...processSurroundings(),
  region: async () => 'us-east-1',
  connect: (region: string) => connect(region, { config: () => ({ credentials }) }),
};

test.each(lines)('without credentials, golden %s says so and what to do', async (line) => {
  const { terminal, out, err } = recordingTerminal();
  expect(await golden(line.split(' '), terminal, surroundings)).toBe(2);
  expect(out()).toBe('');
  expect(err()).toMatch(/^AWS has no valid credentials from here; set AWS_PROFILE, or .*\n.*nothing was asked of AWS/);
});

let simulation: Simulation;
beforeAll(() => void (simulation = pipeline({})));

test.each(lines)('without a deployment, golden %s says where it looked and what to do', async (line) => {
  const { exitCode, out, err } = await operator(simulation).run(...line.split(' '), '--stage', 'none');
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(
    /^there is no state machine golden-image-none-[\w-]+ in us-east-1; deploy the pipeline \(npm run deploy\)/,
  );
});

test.each(['plan', 'build', 'register snap-0123456789abcdef0 --recipe'])(
  'golden %s of a file that is not there says that first, with credentials or without',
  async (verb) => {
    const { terminal, err } = recordingTerminal();
    expect(await golden([...verb.split(' '), 'nosuch.yaml'], terminal, surroundings)).toBe(2);
    expect(err()).toBe('nosuch.yaml: cannot be read: there is no such file\n');
  },
);
