import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { account, home, pipeline, targets } from '../../support/pipeline.ts';

/** The recipe that the page shows. */
const [, imported = ''] = /```yaml\n(name: imported\n.*?)```/s.exec(readFileSync('docs/registering.md', 'utf8')) ?? [];
const id = 'snap-0d15c0d15c0d15c00';
function withDisk() {
  const source = { disk: { architecture: 'x86_64' }, owner: 'self' };
  const changes = { source, provision: [], checks: [], distribute: [targets.home] };
  const simulation = pipeline({ changes, scenario: { delays: brisk } });
  const system = { name: 'AmazonLinux', agent: true } as const;
  simulation.cloud.addSnapshot({ id, owner: account, region: home, system });
  return simulation;
}

test('a snapshot becomes a published image, and its progress is shown', async () => {
  const { exitCode, out, err } = await operator(withDisk()).run('register', id, '--recipe', 'base');
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/✓ AwaitSnapshots (.*\n)*.*✓ AwaitImage (.*\n)*.*✓ base-\S+ is published\n/);
  expect(out).toMatch(/^ {2}us-east-1 +ami-[0-9a-f]{17} +444455556666 +\/golden\/base\/stable +published$/m);
});

test('a snapshot that is not there fails the build before anything is made, with what to look at', async () => {
  const { exitCode, err, out } = await operator(withDisk()).run('register', id.replace('d', 'e'), '--recipe', 'base');
  expect(exitCode).toBe(1);
  expect(out + err).toMatch(/no snapshot snap-0e15c0d15c0d15c00 of 222233334444 in us-east-1/);
});

test('a file becomes a published image, and its progress is shown', async () => {
  const simulation = withDisk();
  const key = 'it\'s 50% = "done", {web}: #2.vmdk';
  simulation.cloud.addDiskFile({ bucket: 'disks', key, region: home });
  const { exitCode, out, err } = await operator(simulation).run(
    'import',
    `s3://disks/${key}`,
    '--format',
    'vmdk',
    '--recipe',
    'base',
  );
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/✓ AwaitImport (.*\n)*.*✓ AwaitImage (.*\n)*.*✓ base-\S+ is published\n/);
});

test.each([
  [
    ['import', 'disks/web.vmdk', '--format', 'ova', '--recipe', 'base'],
    /disks\/web\.vmdk: must be the place of an object.*\n.*--format: must be vmdk, vhd, raw, got "ova"\. Of an OVA take the VMDK inside/,
  ],
  [['import', 's3://disks/web.vmdk', '--recipe', 'base'], /required option '--format <format>' not specified/],
  [['register', 'ami-0123456789abcdef0', '--recipe', 'base'], /is no snapshot id, such as snap-/],
  [['register', id], /required option '--recipe <recipe>' not specified/],
])('%j is refused before anything is asked of AWS', async (args, says) => {
  const { exitCode, err } = await operator(withDisk()).run(...args);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringMatching(says) });
});

test('both are tried on a simulated AWS, with a recipe file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const recipe = join(folder, 'imported.yaml');
  writeFileSync(recipe, imported);
  for (const args of [
    ['register', id],
    ['import', 's3://disks/web.vmdk', '--format', 'vmdk'],
  ]) {
    const { terminal, out, err } = recordingTerminal();
    expect([await golden([...args, '--recipe', recipe, '--simulate'], terminal), err()]).toEqual([
      0,
      expect.stringContaining('On a simulated AWS'),
    ]);
    expect(out()).toMatch(/✓ imported-\S+ is published/);
    expect(out()).toContain(args[0] === 'import' ? 'at least about $' : 'at most about $');
    expect(out()).not.toContain('golden logs'); // nobody can look into this account later
  }
});
