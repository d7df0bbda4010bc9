// `npm run test:aws` against an AWS on 127.0.0.1: what is right passes, what is wrong is seen, and nothing is changed.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { TestStateCommand } from '@aws-sdk/client-sfn';
import { root } from '../../scripts/setup.mjs';
import { openAccount, type Account } from './account.ts';
import { countsLine, make, type AccountCheck } from './check.ts';
import { dryRuns, planned, type Planned } from './dry-runs.ts';
import { Refused, startFakeAws, type FakeAws, type WrongAnswers } from './fake-aws.ts';
import { built, deployment, judging } from './fake-deployment.ts';
import { definitionChecks, definitions, stateChecks, type Definitions } from './machine-checks.ts';
import type { Recorded } from './recorded.ts';
import { allMachines } from '../support/machines.ts';
import { roleChecks } from './role-checks.ts';
import type { Template } from '../support/template/check-template.ts';

const credentials = { accessKeyId: 'FAKE', secretAccessKey: 'fake' };

const open: FakeAws[] = [];

async function account(wrong?: WrongAnswers): Promise<Account & { fake: FakeAws }> {
  const fake = await startFakeAws(wrong);
  open.push(fake);
  return { ...(await openAccount(fake.endpoint, credentials)), fake };
}

/** The name of a check without the resource, the error and the number of retries. */
const kindOf = ({ name }: AccountCheck) =>
  name
    .replace(/ on [^ ]+/, '')
    .replace(/ with [^ ]+/, '')
    .replace(/ after .*/, ' after all retries');

/**
 * One check of each action of each role, and of each outcome of each state. The AWS here judges states and policies with the same
 * code as the checks, so one of each shows that questions and answers arrive. The sentences about permissions judge all calls of all
 * functions by the same policies.
 */
const some = (checks: AccountCheck[]) => [...new Map(checks.map((check) => [kindOf(check), check])).values()];

/** Lines that do not say ok, and the counts. */
async function outcome(checks: AccountCheck[]) {
  const lines: string[] = [];
  const counts = await make(checks, (line) => lines.push(line));
  return { counts, bad: lines.filter((line) => !line.startsWith('ok ')) };
}

/** What simulated builds did, and the template whose roles they had. */
export interface JudgedRuns {
  recorded: Recorded;
  template: Template;
}

/** The sentences about `npm run test:aws`. test/permissions.test.ts gives them what it simulated. */
export function accountSentences(given: () => JudgedRuns): void {
  let recorded: Recorded;
  let template: Template;
  let calls: Planned[];
  beforeAll(async () => {
    ({ recorded, template } = given());
    calls = await planned({ region: 'us-east-1', partition: 'aws' });
  });
  afterAll(() => Promise.all(open.map((fake) => fake.close())));

  describe('definitions', () => {
    test('those that are deployed are accepted', async () => {
      const aws = await account();
      const { counts, bad } = await outcome(definitionChecks(aws, definitions(aws)));
      expect(bad).toEqual([]);
      expect(counts).toEqual({ passed: allMachines.length, failed: 0, skipped: 0 });
    });

    test('one that leads nowhere is refused, with what Step Functions says of it', async () => {
      const aws = await account();
      const spoilt: Definitions = definitions(aws);
      spoilt.get('sweep')!.StartAt = 'Nowhere';
      const { bad } = await outcome(definitionChecks(aws, spoilt));
      expect(bad).toEqual([expect.stringMatching(/^FAILED .* sweep: ERROR SCHEMA_VALIDATION_FAILED .*StartAt/s)]);
    });
  });

  describe('states', () => {
    test('every Task goes where our interpreter says: success, each retrier, the last retry, the catcher', async () => {
      const aws = await account();
      const checks = stateChecks(aws, definitions(aws), recorded);
      const { counts, bad } = await outcome(some(checks));
      expect(bad).toEqual([]);
      expect(counts.passed).toBe(some(checks).length);
      const said = checks.map(({ name }) => name);
      expect(said).toEqual(
        expect.arrayContaining([
          'build-image: CopyImage fails with LimitReached after 80 retries',
          'build-image: AwaitImage fails with States.HeartbeatTimeout',
          'clean-up-build: Compensate succeeds',
          'sweep: Sweep fails with RecipeInvalid',
        ]),
      );
    });

    test.each<[string, string, (answer: any) => any, RegExp]>([
      [
        'another status',
        'Launch',
        (answer) => ({ ...answer, status: 'FAILED' }),
        /status: Step Functions says "FAILED"/,
      ],
      ['another next state', 'Launch', (answer) => ({ ...answer, nextState: 'Seal' }), /next state: .* says "Seal"/],
      ['another output', 'Launch', (answer) => ({ ...answer, output: '{}' }), /output: Step Functions says \{\}/],
      ['another error', 'Launch', (answer) => answer.error && { ...answer, error: 'X' }, /error: .* says "X"/],
      [
        'other parameters',
        'AwaitImage',
        (answer) => ({ ...answer, inspectionData: { afterParameters: '{"FunctionName":"x"}' } }),
        /parameters: .*"x"/,
      ],
      [
        'a longer wait',
        'Launch',
        (answer) => ({ ...answer, inspectionData: { errorDetails: { retryBackoffIntervalSeconds: 9999 } } }),
        /backoff: Step Functions says 9999 s/,
      ],
    ])('%s is seen', async (_what, state, change, said) => {
      const aws = await account({
        TestState: (answer, { stateName }) => (stateName === state ? change(answer) || answer : answer),
      });
      const { bad } = await outcome(
        stateChecks(aws, definitions(aws), recorded).filter(({ name }) => name.includes(state)),
      );
      expect(bad.length).toBeGreaterThan(0);
      expect(bad).toContainEqual(expect.stringMatching(said));
      expect(bad.every((line) => line.startsWith('FAILED '))).toBe(true);
    });
  });

  describe('roles', () => {
    test('IAM allows what builds ask for, and denies what must never be', async () => {
      const { counts, bad } = await outcome(some(roleChecks(await account(), template, recorded)));
      expect(bad).toEqual([]);
      expect(counts.passed).toBeGreaterThan(100);
    });

    test('a policy that allows too little or too much is seen', async () => {
      const lenient = await account({
        SimulateCustomPolicy: ({ EvaluationResults: [one] }) => ({
          EvaluationResults: [{ ...one, EvalDecision: 'allowed' }],
        }),
      });
      const { bad } = await outcome(
        roleChecks(lenient, template, recorded).filter(({ name }) => name.includes('denies')),
      );
      expect(bad).toContainEqual(
        expect.stringMatching(/^FAILED .* denies CompensateRole ec2:TerminateInstances .*: allowed instead of denied$/),
      );
      const closed = structuredClone(template);
      const [policy] = closed.Resources['LaunchRole']!.Properties['Policies'];
      for (const statement of policy.PolicyDocument.Statement)
        statement.Action = [statement.Action].flat().filter((action: string) => action !== 'ec2:RunInstances');
      const poor = await outcome(
        roleChecks(await account(), closed, recorded).filter(({ name }) => name.includes('LaunchRole')),
      );
      expect(poor.bad.length).toBeGreaterThan(0);
      expect(poor.bad.every((line) => /^FAILED .* LaunchRole .*: implicitDeny instead of allowed/.test(line))).toBe(
        true,
      );
    });

    test('a caller who may not ask IAM is told so, and nothing fails', async () => {
      const aws = await account({
        SimulateCustomPolicy() {
          throw new Refused('AccessDenied', 'tester is not authorized to perform: iam:SimulateCustomPolicy');
        },
      });
      const [first] = roleChecks(aws, template, recorded);
      expect((await outcome([first!])).counts).toEqual({ passed: 0, failed: 0, skipped: 1 });
    });
  });

  describe('dry runs', () => {
    test('a launch and a copy are tried with what the recipe asks for; what needs an image of ours waits for one', async () => {
      const aws = await account();
      const { counts, bad } = await outcome(dryRuns(aws, calls));
      expect(counts.failed).toBe(0);
      expect(counts.passed).toBe(2);
      expect(bad).toContainEqual(
        expect.stringMatching(/^skipped .* under the role of Launch: the pipeline is not deployed/),
      );
      expect(bad).toContainEqual(
        expect.stringMatching(/^skipped .* StopInstances .*: there is no instance of the pipeline/),
      );
      expect(aws.fake.calls).toContain('RunInstances');
    });

    const underRole = (aws: Account, of = template) =>
      outcome(dryRuns(judging(aws, of), calls).filter(({ name }) => name.includes('under the role')));

    test("under the roles of a right deployment EC2 takes a launch with its profile and a copy of the pipeline's AMI", async () => {
      const { counts, bad } = await underRole(await account(built));
      expect(bad.filter((line) => !line.includes('has no public parameter'))).toEqual([]);
      expect(counts.failed).toBe(0);
      expect(counts.passed).toBeGreaterThan(1);
    });

    test('a copy under its role waits for an AMI of the pipeline', async () => {
      const { bad } = await underRole(await account(deployment));
      expect(bad).toContainEqual(
        expect.stringMatching(/^skipped .* CopyImage .*: there is no AMI of the pipeline to copy/),
      );
      expect(bad.filter((line) => line.startsWith('FAILED'))).toEqual([]);
    });

    test('a launch under its role is not tried without the profile, nor with one of two', async () => {
      const found = (...names: string[]) => ({
        ...built,
        ListInstanceProfiles: () => ({
          InstanceProfiles: names.map((InstanceProfileName) => ({ InstanceProfileName })),
          IsTruncated: false,
        }),
      });
      const profile = 'golden-image-prod-BuilderProfile';
      const none = await underRole(await account(found()));
      expect(none.bad).toContainEqual(
        expect.stringMatching(/^skipped .* RunInstances .*: there is no .*BuilderProfile/),
      );
      const two = await underRole(await account(found(`${profile}-A`, `${profile}-B`)));
      expect(two.bad).toContainEqual(expect.stringMatching(/^skipped .* RunInstances .* which one is of this region/));
      expect([none.counts.failed, two.counts.failed]).toEqual([0, 0]);
    });

    test('a role that may not launch is told as such', async () => {
      const closed = structuredClone(template);
      const [policy] = closed.Resources['LaunchRole']!.Properties['Policies'];
      for (const statement of policy.PolicyDocument.Statement)
        statement.Action = [statement.Action].flat().filter((action: string) => action !== 'iam:PassRole');
      const { bad } = await underRole(await account(built), closed);
      expect(bad).toContainEqual(expect.stringMatching(/^FAILED .* RunInstances .*: the role may not: iam:PassRole/));
    });

    test('a caller who may not assume a role is told so, and nothing fails', async () => {
      const { counts, bad } = await underRole(
        await account({
          ...built,
          AssumeRole() {
            throw new Refused('AccessDenied', 'tester is not authorized to perform: sts:AssumeRole');
          },
        }),
      );
      expect(bad).toContainEqual(expect.stringMatching(/^skipped .* not authorized to perform: sts:AssumeRole/));
      expect([counts.passed, counts.failed]).toEqual([0, 0]);
    });

    test('a refusal of the parameters is seen', async () => {
      const aws = await account();
      const spoilt = calls
        .filter(({ action }) => action === 'CopyImage')
        .map((call) => ({ ...call, parameter: '/aws/service/other' }));
      aws.ssm.send = (async () => ({ Parameter: { Value: 'ami-9' } })) as never;
      const { bad } = await outcome(dryRuns(aws, spoilt).slice(0, 1));
      expect(bad).toEqual([expect.stringMatching(/^FAILED .* CopyImage .*: InvalidAMIID.NotFound: /)]);
    });
  });

  test('no call that could change something leaves the process', async () => {
    const aws = await account();
    const before = aws.fake.calls.length;
    await expect(aws.ec2().send(new StopInstancesCommand({ InstanceIds: ['i-1'] }))).rejects.toThrow('was not sent');
    await expect(aws.sfn.send(new TestStateCommand({ definition: '{}' }))).rejects.toThrow('was not sent');
    expect(aws.fake.calls).toHaveLength(before);
  });

  test('without credentials AWS is asked nothing, and the last line says that everything was skipped', async () => {
    const fake = await startFakeAws();
    open.push(fake);
    const env = {
      PATH: process.env['PATH'],
      HOME: '/nonexistent', // and no profile in it
      AWS_ENDPOINT_URL: fake.endpoint,
    };
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts/test-aws.mjs')], { env });
    expect(stdout).toMatch(/^There are no AWS credentials here, so AWS was asked nothing: .+\n/);
    expect(stdout).toMatch(/\n0 passed, 0 failed, 4 skipped\n$/);
    expect(fake.calls).toEqual([]);
  });

  test('the last line counts', () => {
    expect(countsLine({ passed: 2, failed: 1, skipped: 0 })).toBe('2 passed, 1 failed');
    expect(countsLine({ passed: 2, failed: 0, skipped: 3 })).toBe('2 passed, 0 failed, 3 skipped');
  });
}
