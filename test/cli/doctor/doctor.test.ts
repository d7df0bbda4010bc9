import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { connect } from '../../../aws/connection.ts';
import { golden } from '../../../cli/golden.ts';
import { processSurroundings } from '../../../cli/surroundings.ts';
import { versionChecks, type DoctorCheck } from '../../../core/doctor/checks.ts';
import { code } from '../../../infrastructure/deployed-version.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { operator } from '../../support/deployed.ts';
import { account, home, pipeline } from '../../support/pipeline.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const statuses = (out: string) =>
  Object.fromEntries((JSON.parse(out) as { checks: DoctorCheck[] }).checks.map(({ name, status }) => [name, status]));

test('without credentials, doctor says so, says what to do, and looks at what it can', async () => {
  const { terminal, out } = recordingTerminal();
  const credentials = async () => {
    throw Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
  };
  const surroundings = {
    ...processSurroundings(),
    region: async () => home,
    connect: (region: string) => connect(region, { config: () => ({ credentials }) }),
  };
  expect(await golden(['doctor'], terminal, surroundings)).toBe(1);
  expect(out()).toMatch(
    /^ {2}✓ node +\d+\.\d+\.\d+\n {2}✓ region +us-east-1.*\n {2}✗ credentials +sts:GetCallerIdentity/,
  );
  expect(out()).toContain('→ set AWS_PROFILE');
  expect(out()).toMatch(/\? drift +needs credentials\n$/);
});

let simulation: Simulation;
const stack = 'golden-image-dev';
beforeAll(async () => {
  simulation = pipeline({});
  const create = simulation.cloud.services['cloudformation']?.['CreateStack'];
  create?.({ StackName: stack, TemplateBody: '{"Resources":{}}' }, { account, region: home });
  await simulation.pass(120);
});

test('a deployment that is as it was made is right', async () => {
  const { exitCode, out } = await operator(simulation).run('doctor', '--json');
  expect(statuses(out)).toEqual({
    node: 'right',
    region: 'right',
    credentials: 'right',
    deployment: 'right',
    code: 'note', // the simulated deployment was made from no folder
    recipes: 'note',
    bucket: 'right',
    stack: 'right',
    drift: 'right',
  });
  expect(exitCode).toBe(0);
});

test('what somebody changed without CloudFormation is told, and what to do', async () => {
  simulation.cloud.world.drifts.set(stack, [
    {
      LogicalResourceId: 'BuildImageRole',
      ResourceType: 'AWS::IAM::Role',
      StackResourceDriftStatus: 'MODIFIED',
      PropertyDifferences: [
        { PropertyPath: '/Policies/0', ExpectedValue: 'a', ActualValue: 'b', DifferenceType: 'NOT_EQUAL' },
      ],
      StackId: stack,
      Timestamp: new Date(0),
    },
  ]);
  const { exitCode, out } = await operator(simulation).run('doctor');
  expect(exitCode).toBe(1);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '✗ drift somebody changed resources without CloudFormation: BuildImageRole (AWS::IAM::Role) MODIFIED: /Policies/0',
  );
  expect(out).toContain('→ undo it by hand');
  const quick = await operator(simulation).run('doctor', '--no-drift', '--json');
  expect(quick.exitCode).toBe(0);
  expect(statuses(quick.out)).toMatchObject({ drift: 'unknown' });
});

test('without a deployment, doctor says where it looked', async () => {
  const { exitCode, out } = await operator(simulation).run('doctor', '--stage', 'prod');
  expect(exitCode).toBe(1);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '✗ deployment there is no state machine golden-image-prod-build-image in us-east-1',
  );
});

test('recipes with problems are told before anybody deploys them', () => {
  const versions = { code: '1', recipes: '2' };
  const problems = Array.from({ length: 12 }, (_, at) => `recipes/web.yaml:${at}:1 is wrong`);
  const [, recipes] = versionChecks(versions, versions, problems);
  expect(recipes).toMatchObject({
    status: 'wrong',
    says: expect.stringMatching(/^recipes\/web.yaml:0:1 (.*\n){10}and 2 more$/),
  });
  expect(versionChecks(versions, versions).map(({ status }) => status)).toEqual(['right', 'right']);
});

test('the version of the code covers every folder that functions are made of', () => {
  const folders = readdirSync('functions', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join('functions', file), 'utf8').matchAll(/'(?:\.\.\/)+(\w+)\//g)])
    .map(([, folder]) => folder)
    .filter((folder) => folder !== undefined && existsSync(folder));
  expect(folders).toContain('pages');
  expect(folders.filter((folder) => !code.includes(folder ?? ''))).toEqual([]);
});
