import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import type { Manifest } from '../../../core/build/manifest.ts';
import { recordingTerminal } from '../recording-terminal.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'golden-cli-'))));
afterEach(() => rm(folder, { recursive: true }));

const base = 'examples/al2023-base.yaml';

async function simulate(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await golden(['simulate', '--out', join(folder, 'out'), ...args], terminal);
  return { exitCode, out: out(), err: err() };
}

/** The paths that the output ends with: those of the manifest and of the page. */
const [manifestPath, pagePath] = [-2, -1].map(
  (at) => (out: string) => out.trimEnd().split('\n').at(at)?.trim() ?? '',
) as [(out: string) => string, (out: string) => string];
const manifestAt = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Manifest;

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const recipe = (name: string, more: string) => `name: ${name}
description: a recipe for a test
builder: { instanceTypes: [t3.small] }
provision: [{ name: patch, run: dnf -y upgrade }]
distribute: [{ region: us-east-1 }]
${more}
`;

test('a recipe becomes an image in every target region, and the output shows how', async () => {
  const { exitCode, out, err } = await simulate(base);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(
    /✓ Resolve .*\n(.*\n)*.*✓ Provision 1\/\d+ +patch .*\n(.*\n)*.*✓ Copy eu-west-1 +AwaitCopy .*\n(.*\n)*.*✓ Publish /,
  );
  expect(out).toMatch(/^ {2}eu-west-1 +ami-[0-9a-f]{17} +o-exampleorgid +\/golden\/al2023-base\/stable +published$/m);
  expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);

  const manifest = await manifestAt(manifestPath(out));
  expect(manifestPath(out)).toBe(join(folder, 'out', 'al2023-base', manifest.build, 'manifest.json'));
  expect(await readFile(pagePath(out), 'utf8')).toContain('The image is published in 3 regions');
  expect(manifest).toMatchObject({ schema: 1, recipe: 'al2023-base', status: 'published', failure: null });
  expect(manifest.targets.map(({ region, status }) => [region, status])).toEqual([
    ['us-east-1', 'published'],
    ['eu-west-1', 'published'],
    ['ap-southeast-2', 'published'],
  ]);
});

test('with --json stdout is the manifest alone: the same for the same seed, whether a recipe is named or its file', async () => {
  const { exitCode, out, err } = await simulate(base, '--json', '--seed', '7');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ schema: 1, status: 'published' });
  expect(err).toContain('✓ Publish');
  expect(await simulate('al2023-base', '--json', '--seed', '7')).toMatchObject({ exitCode: 0, out });
});

test('a failing step ends the build with its output and leaves nothing', async () => {
  const scenario = await write(
    'faults.yaml',
    'commands: [{ step: harden, exitCode: 3, stderr: "sysctl: no such key\\n" }]',
  );
  const { exitCode, out } = await simulate(base, '--scenario', scenario);
  expect(exitCode).toBe(1);
  expect(out).toMatch(/✗ Provision 2\/\d+ +harden .*\n +ProvisionFailed: .*harden(.*\n)+? +│ sysctl: no such key\n/);
  expect(out).toMatch(/ {2}Undone +terminated instance i-[0-9a-f]+ in us-east-1\n {2}Left +nothing\n/);
  expect(out).toContain('failed in AwaitCommand ("harden") with ProvisionFailed');
  expect(await manifestAt(manifestPath(out))).toMatchObject({
    status: 'failed',
    image: null,
    failure: { state: 'AwaitCommand', error: 'ProvisionFailed', left: [] },
  });
});

test('a target that fails is told with its region, and what was copied elsewhere is taken back', async () => {
  const scenario = await write(
    'faults.yaml',
    "images: [{ region: eu-west-1, name: 'al2023-base-*', fail: the key is disabled }]",
  );
  const { exitCode, out } = await simulate(base, '--scenario', scenario);
  expect(exitCode).toBe(1);
  expect(out).toMatch(/✗ Copy eu-west-1 +AwaitCopy .*\n +CopyFailed: /);
  expect(out).toMatch(/^ {2}eu-west-1 +– +– +– +failed$/m);
  expect(out).toMatch(/deregistered ami-[0-9a-f]+ in ap-southeast-2/);
});

test('an invalid recipe is refused with every problem and its place, and nothing is created', async () => {
  const file = await write('broken.yaml', recipe('broken', 'source: { ami: nonsense, owner: amazon }\ncolour: blue'));
  const { exitCode, out, err } = await simulate(file);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(/broken\.yaml:6:11 source\.ami: /);
  expect(err).toMatch(/broken\.yaml:7:1 colour: /);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('all that is wrong with a command line is told at once', async () => {
  const scenario = await write('faults.yaml', 'comands: []');
  const { exitCode, err } = await simulate(
    base,
    '--region=mars-1',
    '--build=yesterday',
    `--scenario=${scenario}`,
    '--override=sizeGiB 10',
  );
  expect(exitCode).toBe(2);
  for (const option of [
    '--region mars-1: ',
    '--build yesterday: ',
    `${scenario}:1:1 comands: is not a key here; did you mean commands?`,
    '--override sizeGiB 10: ',
  ]) {
    expect(err).toContain(option);
  }
});

test('a file that is not there is an input problem, not a crash', async () => {
  expect(await simulate('recipes/no-such-recipe.yaml')).toMatchObject({ exitCode: 2, out: '' });
  expect(await simulate(base, '--scenario', 'no-such-file.yaml')).toMatchObject({ exitCode: 2, out: '' });
});

test('a scenario that fails an action nobody can call is an input problem', async () => {
  const scenario = await write('faults.yaml', "api:\n  - { error: Unavailable, action: 'ec2:BakeImage' }");
  const { exitCode, out, err } = await simulate(base, '--scenario', scenario);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toBe(`${scenario}:2:27 api[0].action: the simulator does not know ec2:BakeImage\n`);
});

test('a recipe that cannot be found by its name is told with the file that was looked for', async () => {
  expect((await simulate('no-such-recipe')).err).toContain('recipes/no-such-recipe.yaml');
});

test('overrides are YAML by dotted path and hold for this build', async () => {
  const { exitCode, out } = await simulate(
    base,
    '--override=builder.rootVolume.sizeGiB=10',
    '--override=distribute=[{ region: us-west-2 }]',
    '--override=description=a=b',
    '--override=publish=',
  );
  expect(exitCode).toBe(0);
  const path = manifestPath(out);
  expect((await manifestAt(path)).targets).toMatchObject([{ region: 'us-west-2', parameter: null }]);
  const plan = JSON.parse(await readFile(path.replace('manifest.json', 'plan.json'), 'utf8')) as { document: unknown };
  expect(plan.document).toMatchObject({ description: 'a=b', builder: { rootVolume: { sizeGiB: 10, type: 'gp3' } } });
});

test('an override that spoils the recipe is refused before anything is created', async () => {
  const { exitCode, out, err } = await simulate(base, '--override', 'builder.colour=blue');
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toContain('builder.colour');
});

test('what only the pipeline can find wrong with a recipe is bad input too', async () => {
  const { exitCode, out, err } = await simulate(base, '--override', 'builder.rootVolume.sizeGiB=1');
  expect(exitCode).toBe(2);
  expect(out).toContain('✗ Resolve');
  expect(err).toMatch(/ {2}RecipeInvalid\n.*builder\.rootVolume\.sizeGiB: /);
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

test('a recipe that starts from a channel is built after the one that publishes it', async () => {
  const { exitCode, out } = await simulate('examples/web-server.yaml');
  expect(exitCode).toBe(0);
  expect(out).toContain('web-server starts from the channel al2023-base/stable, so al2023-base is built first.');
  expect(out.indexOf('/golden/al2023-base/stable')).toBeLessThan(out.indexOf('/golden/web-server/stable'));
  expect(await manifestAt(manifestPath(out))).toMatchObject({ recipe: 'web-server', status: 'published' });
});

test('with --json the manifest is that of the failed build where it was the one built first that failed', async () => {
  const scenario = await write('faults.yaml', 'parents: true\ncommands: [{ step: harden, exitCode: 3 }]');
  const { exitCode, out } = await simulate('examples/web-server.yaml', '--json', '--scenario', scenario);
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ recipe: 'al2023-base', status: 'failed' });
});

test('a scenario hits the build that was asked for, whose manifest alone is shown, and those before it only when it says so', async () => {
  const fault = "api: [{ action: 'ec2:CreateImage', error: AuthFailure, times: 1 }]";
  const scenario = await write('faults.yaml', fault);
  const { exitCode, out } = await simulate('examples/web-server.yaml', '--json', '--scenario', scenario);
  expect(exitCode).toBe(1);
  expect(JSON.parse(out)).toMatchObject({ recipe: 'web-server', failure: { state: 'CreateImage' } });
});

test('with --json bad input is one object on stdout, with the place of every problem', async () => {
  const file = await write('broken.yaml', recipe('broken', 'source: { ami: nonsense, owner: amazon }\ncolour: blue'));
  const scenario = await write('faults.yaml', '\ncomands: []');
  const { exitCode, out, err } = await simulate(file, '--json', '--region=mars-1', '--scenario', scenario);
  expect(exitCode).toBe(2);
  expect(JSON.parse(out)).toEqual({
    status: 'refused',
    problems: [
      { path: '--region mars-1', message: 'there is no such region' },
      { file: scenario, line: 2, column: 1, path: 'comands', message: expect.stringContaining('commands') },
      { file, line: 6, column: 11, path: 'source.ami', message: expect.any(String) },
      { file, line: 7, column: 1, path: 'colour', message: expect.stringContaining('is not a key here') },
    ],
  });
  expect(err).toContain('broken.yaml:6:11 source.ami: ');
});

test.each([
  ['a command line', ['--speed', 'quick'], /real, max/],
  ['a folder to write to', ['--out', 'package.json'], /not a folder/],
  ['what only the pipeline finds', ['--override=builder.rootVolume.sizeGiB=1'], /builder\.rootVolume\.sizeGiB/],
])('with --json %s that is wrong is told on stdout, too', async (_, args, message) => {
  const { exitCode, out } = await simulate(base, '--json', ...args);
  expect(exitCode).toBe(2);
  expect(JSON.parse(out)).toEqual({
    status: 'refused',
    problems: [{ path: expect.any(String), message: expect.stringMatching(message) }],
  });
});

test.each([
  ['nesting', '['.repeat(200), 'nested too deep'],
  ['tags', '!Ref x', 'Unresolved tag'],
  ['aliases of nothing', '*x', 'stands for nothing'],
  [
    'aliases of aliases',
    `{ ${Array.from({ length: 9 }, (_, n) => `a${n}: &a${n} [${n ? `*a${n - 1},`.repeat(9) : 1}]`).join(', ')} }`,
    'cannot be read',
  ],
])('an override is bounded as a recipe file is: %s', async (_, value, message) => {
  const { exitCode, err } = await simulate(base, `--override=image.tags=${value}`);
  expect(exitCode).toBe(2);
  expect(err).toContain(message);
});

test('a scenario file is bounded as a recipe file is', async () => {
  const scenario = await write('faults.yaml', `seed: 1\nrates: ${'['.repeat(200)}`);
  const { exitCode, err } = await simulate(base, '--scenario', scenario);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/faults\.yaml:2:\d+: cannot be read: it is nested too deep/);
});

test('a channel that no recipe of the folder publishes cannot be simulated', async () => {
  const file = await write('layer.yaml', recipe('layer', 'source: { channel: ground/stable }'));
  const { exitCode, err } = await simulate(file);
  expect(exitCode).toBe(2);
  expect(err).toContain('ground.yaml');
});

test('recipes that start from one another are refused', async () => {
  await write('egg.yaml', recipe('egg', 'source: { channel: hen/stable }\npublish: { channel: stable }'));
  const file = await write('hen.yaml', recipe('hen', 'source: { channel: egg/stable }\npublish: { channel: stable }'));
  const { exitCode, err } = await simulate(file);
  expect(exitCode).toBe(2);
  expect(err).toContain('hen starts from egg starts from hen: none can be built first');
});

test('a build can be given the id of an earlier one', async () => {
  const { exitCode, out } = await simulate(base, '--build', '20261122-030000-9f2c', '--json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ build: '20261122-030000-9f2c' });
  expect(existsSync(join(folder, 'out/al2023-base/20261122-030000-9f2c/manifest.json'))).toBe(true);
});

test('at a pace one can watch, entering a state is a line too', async () => {
  const { exitCode, out } = await simulate(base, '--speed', '1000000');
  expect(exitCode).toBe(0);
  expect(out).toMatch(/● AwaitImage .*\n.*✓ AwaitImage /);
});
