import { expect, test } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { outcome, sharedWith, targetTable } from '../../../cli/screen/target-table.ts';
import type { Manifest, ManifestTarget } from '../../../core/build/manifest.ts';

const plain = { columns: 100, colour: false };
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const unit = 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-abcd-12345678';

const target = (given: Partial<ManifestTarget>): ManifestTarget => ({
  region: 'us-east-1',
  ami: 'ami-0123456789abcdef0',
  snapshots: ['snap-0123456789abcdef0'],
  accounts: [],
  organizations: [],
  organizationalUnits: [],
  parameter: '/golden/al2023-base/stable',
  status: 'published',
  error: null,
  ...given,
});

const manifest = (given: Partial<Manifest>): Manifest => ({
  schema: 1,
  recipe: 'al2023-base',
  build: '20261123-030000-9f2c',
  status: 'published',
  source: { ami: 'ami-0fedcba9876543210', owner: '137112412989', name: 'al2023-ami-2023', region: 'us-east-1' },
  image: { name: 'al2023-base-20261123-030000-9f2c', ami: 'ami-0123456789abcdef0', region: 'us-east-1', snapshots: [] },
  targets: [target({})],
  timings: [],
  failure: null,
  ...given,
});

const totals = { simulatedSeconds: 1205.4, wallSeconds: 0.62, transitions: 61, apiCalls: 143 };

test('the table says for each region which AMI, shared with whom, under which parameter', () => {
  const targets = [
    target({ accounts: ['111122223333', '444455556666'] }),
    target({ region: 'ap-southeast-2', organizations: [organization], organizationalUnits: [unit] }),
    target({ region: 'eu-west-1', ami: null, parameter: null, status: 'failed', error: 'CopyFailed: no' }),
  ];
  expect(targetTable(targets, plain)).toBe(
    [
      '  Region          AMI                    Shared with       Parameter                   Status',
      '  us-east-1       ami-0123456789abcdef0  111122223333      /golden/al2023-base/stable  published',
      '                                         444455556666',
      '  ap-southeast-2  ami-0123456789abcdef0  o-exampleorgid    /golden/al2023-base/stable  published',
      '                                         ou-abcd-12345678',
      '  eu-west-1       –                      –                 –                           failed',
    ].join('\n'),
  );
});

test('many accounts are two of them and a count', () => {
  const accounts = ['111111111111', '222222222222', '333333333333', '444444444444', '555555555555'];
  expect(sharedWith(target({ accounts }))).toEqual(['111111111111', '222222222222', '+ 3 accounts']);
  expect(sharedWith(target({ accounts: accounts.slice(0, 3) }))).toEqual(accounts.slice(0, 3));
});

test('a published build ends with its image and what it took', () => {
  const text = outcome(manifest({}), totals, plain);
  expect(text).toContain('  ✓ al2023-base-20261123-030000-9f2c is published\n');
  expect(text).toContain('  20m 5s simulated in 0.6s · 61 state transitions · 143 API calls\n');
});

test('what a build costs is said where it is known', () => {
  const parts = { instances: null, volumes: 0, transfer: 0, transitions: 0, functions: 0, logs: 0, metrics: 0 };
  const cost = { usd: null, parts, snapshotsPerMonth: 0, unpriced: ['z9.large'] };
  expect(outcome(manifest({ cost }), totals, plain)).toContain(
    '\n  it costs an unknown sum (no price of z9.large here)\n',
  );
  expect(outcome(manifest({}), totals, plain)).not.toContain('it costs');
});

test('an optional target that failed is told below the table of a published build', () => {
  const targets = [
    target({}),
    target({ region: 'eu-west-1', ami: null, status: 'failed', error: 'CopyFailed: key\nis disabled' }),
  ];
  expect(outcome(manifest({ targets }), totals, plain)).toContain(
    '\n  eu-west-1\n    CopyFailed: key\n    is disabled\n',
  );
});

test('a build that found nothing to do says so', () => {
  expect(outcome(manifest({ status: 'up-to-date' }), totals, plain)).toContain('is what the recipe asks for already');
});

test('a failed build tells where and with what it failed, what was undone and what is left', () => {
  const failure = {
    state: 'Provision',
    error: 'ProvisionFailed',
    cause: 'step harden',
    undone: ['terminated i-0123456789abcdef0', 'deregistered ami-0123456789abcdef0'],
    left: ['snap-0123456789abcdef0 in eu-west-1'],
    kept: [],
  };
  const text = outcome(manifest({ status: 'failed', image: null, targets: [], failure }), totals, plain);
  expect(text).toContain('  ✗ al2023-base-20261123-030000-9f2c failed in Provision with ProvisionFailed\n');
  expect(text).toContain('  Undone   terminated i-0123456789abcdef0\n           deregistered ami-0123456789abcdef0\n');
  expect(text).toContain('  Left     snap-0123456789abcdef0 in eu-west-1\n');
});

test('a failed build that kept its image tells until when', () => {
  const [snapshots, expires] = [['snap-0123456789abcdef0'], '2026-12-01T00:00:00.000Z'];
  const kept = [
    { region: 'us-east-1', ami: 'ami-0123456789abcdef0', snapshots, expires },
    { region: 'eu-west-1', ami: 'ami-0fedcba9876543210', snapshots, expires: null },
  ];
  const failure = { state: 'Check', error: 'CheckFailed', cause: 'no', undone: [], left: [], kept };
  const text = outcome(manifest({ status: 'failed', image: null, targets: [], failure }), totals, plain);
  expect(text).toContain(
    '  Kept     ami-0123456789abcdef0 in us-east-1 until 2026-12-01T00:00:00.000Z\n' +
      '           ami-0fedcba9876543210 in eu-west-1 without an end\n',
  );
});

test('a failed build that holds its instance tells which, until when, and what to do with it', () => {
  const until = '2026-11-23T04:00:00.000Z';
  const held = {
    instance: 'i-0123456789abcdef0',
    region: 'us-east-1',
    role: 'builder',
    until,
    step: 'harden',
  } as const;
  const failure = {
    state: 'AwaitCommand',
    error: 'ProvisionFailed',
    cause: 'no',
    undone: [],
    left: [],
    kept: [],
    held,
  };
  const text = outcome(manifest({ status: 'failed', image: null, targets: [], failure }), totals, plain);
  expect(text).toContain(`  Held     until ${until}: builder i-0123456789abcdef0 in us-east-1\n`);
  expect(text).toContain('golden retry 20261123-030000-9f2c goes on with it');
});

test('colour marks how a target stands and takes no room in the table', () => {
  const coloured = targetTable([target({})], { colour: true });
  expect(coloured).toContain('\x1b[32mpublished\x1b[39m');
  expect(stripVTControlCharacters(coloured)).toBe(targetTable([target({})], plain));
});
