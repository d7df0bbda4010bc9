import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import type { Manifest } from '../../../core/build/manifest.ts';
import { operator } from '../../support/deployed.ts';
import { pipeline, targets } from '../../support/pipeline.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const recipe = `name: app
description: app \${{ parameters.version }}
parameters:
  version: { example: '6.1-x86_64' }
  spare: { default: x }
source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-\${{ parameters.version }}', owner: amazon }
builder: { instanceTypes: [t3.small] }
distribute: [{ region: us-east-1 }]
`;
let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-values-'));
  file = join(folder, 'app.yaml');
  await writeFile(file, recipe);
});
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]) {
  const { terminal, out, err } = recordingTerminal();
  const exitCode = await golden(args, terminal);
  const short = (text: string) => text.replaceAll(`${folder}/`, '');
  return { exitCode, out: short(out()), err: short(err()) };
}

test('a file is judged with examples, and a parameter that nothing uses is noted', async () => {
  expect(await run('validate', file, '--region', 'us-east-1')).toEqual({
    exitCode: 0,
    out: 'app.yaml: ok\napp.yaml:5:3 parameters.spare: note: no expression uses it\n',
    err: '',
  });
});

test.each<[string[], string]>([
  [['--var', 'version'], '--var version: is not like version=1.2'],
  [['--var', '=1'], '--var =1: is not like version=1.2'],
  [['--var', 'spare=a', '--var', 'spare=b'], '--var spare=b: spare is given twice'],
  [['--var', 'spare=a b'], '--var spare: may have letters, digits'],
  [['--var', 'vresion=1'], '--var vresion: is no parameter of the recipe; did you mean version?'],
  [['--var', 'version=a=b'], 'app.yaml:6:11 source.parameter: must be the name of an SSM parameter'],
])('%j is refused', async (options, message) => {
  const { exitCode, err } = await run('validate', file, ...options);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(message) });
});

test('a simulation refuses a start without a value, and builds with one', async () => {
  const out = join(folder, 'out');
  const refused = await run('simulate', file, '--out', out);
  expect(refused).toMatchObject({
    exitCode: 2,
    err: 'app.yaml:4:3 parameters.version: has no default, and this start gives no value for it\n',
  });
  const { exitCode, out: told } = await run(
    'simulate',
    file,
    '--out',
    out,
    '--var',
    'version=default-x86_64',
    '--json',
  );
  const manifest = JSON.parse(told) as Manifest;
  expect(manifest.failure).toBeNull();
  expect({ exitCode, manifest }).toMatchObject({
    exitCode: 0,
    manifest: { status: 'published', parameters: { version: 'default-x86_64', spare: 'x' } },
  });
  const plan = JSON.parse(await readFile(join(out, 'app', manifest.build, 'plan.json'), 'utf8')) as object;
  expect(plan).toMatchObject({
    document: {
      description: 'app default-x86_64',
      source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64' },
    },
  });
});

test('build and plan hand the values to the deployed pipeline', async () => {
  const parameters = { version: { example: '1.2' } };
  const provision = [{ name: 'install', run: 'dnf -y install app-${{ parameters.version }}' }];
  const simulation = pipeline({ changes: { parameters, provision, checks: [], distribute: [targets.home] } });
  const deployed = operator(simulation);
  const refused = await deployed.run('plan', 'base');
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.out + refused.err).toContain('parameters.version: has no default, and this start gives no value');
  expect(await deployed.run('plan', 'base', '--var', 'version=1.3')).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/^ +with +version=1\.3$/m),
  });
  const { exitCode, out } = await deployed.run('build', 'base', '--var', 'version=1.3', '--json');
  expect({ exitCode, manifest: JSON.parse(out) as Manifest }).toMatchObject({
    exitCode: 0,
    manifest: { parameters: { version: '1.3' } },
  });
});
