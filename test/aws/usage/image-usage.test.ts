import {
  CreateImageCommand,
  CreateImageUsageReportCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeregisterImageCommand,
  DescribeImageReferencesCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  GetImageAncestryCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { connect, type Connection } from '../../../aws/connection.ts';
import { readFamily } from '../../../aws/usage/ancestry.ts';
import { evidence } from '../../../aws/usage/evidence.ts';
import { usageOf } from '../../../aws/usage/image-usage.ts';
import { usagePermissions } from '../../../aws/usage/usage-permissions.ts';
import { unknownOf, usesOf, type ImageUsage } from '../../../core/usage/image-usage.ts';
import { ApiError } from '../../../simulator/aws/calls/actions.ts';
import { retryStrategy } from '../../../simulator/aws/calls/retries.ts';
import { homeCaller } from '../../simulator/lab.ts';
import { ireland, stranger, workbench } from '../../simulator/aws/ec2/builder.ts';

type Bench = Awaited<ReturnType<typeof workbench>>;
const { account, region } = homeCaller;
const day = 86_400;

const connected = ({ cloud, clock }: Bench): Connection =>
  connect(region, {
    config: (attempts) => ({ retryStrategy: retryStrategy(clock, cloud.random('usage'), attempts) }),
    attach: (client, at) => void cloud.attach(client as never, { account, region: at }),
  });

/** The usage of AMIs, as the nouns find it. Asks for reports. */
async function look(bench: Bench, ...amis: string[]): Promise<ImageUsage[]> {
  const aws = connected(bench);
  return bench.run(async () =>
    usageOf(aws, {
      account,
      region,
      amis,
      now: new Date(bench.clock.now()),
      family: await evidence(() => readFamily(aws, [region, ireland.region])),
      asksForReports: true,
    }),
  );
}

const launch = (bench: Bench, ImageId: string, at = homeCaller) =>
  bench.run(() =>
    bench.ec2(at).send(new RunInstancesCommand({ ImageId, InstanceType: 't3.small', MinCount: 1, MaxCount: 1 })),
  );

const share = (bench: Bench, ImageId: string) =>
  bench.send((ec2) =>
    ec2.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: stranger.account }] } })),
  );

describe('an AMI that many use', () => {
  let bench: Bench;
  let [base, copy, child] = ['', '', ''];
  beforeAll(async () => {
    bench = await workbench();
    base = await bench.create();
    await bench.wait(300);
    await share(bench, base);
    copy = await bench.copy(base);
    const { Instances } = await launch(bench, base);
    await launch(bench, base, stranger);
    const instance = bench.cloud.world.region(region).instances.get(Instances?.[0]?.InstanceId ?? '');
    instance?.tags.set('aws:autoscaling:groupName', 'web');
    const LaunchTemplateName = 'web';
    await bench.send((ec2) =>
      ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: { ImageId: base } })),
    );
    for (let version = 2; version <= 15; version++)
      await bench.send((ec2) =>
        ec2.send(
          new CreateLaunchTemplateVersionCommand({
            LaunchTemplateName,
            LaunchTemplateData: { ImageId: 'ami-0123456789' },
          }),
        ),
      );
    const Name = '/golden/base/stable';
    await bench.run(() =>
      bench.ssm().send(new PutParameterCommand({ Name, Value: base, Type: 'String', DataType: 'aws:ec2:image' })),
    );
    const arn = `arn:aws:imagebuilder:${region}:${account}:image-recipe/web/1.0.0`;
    bench.cloud.world.region(region).imageRecipes.set(arn, { owner: account, image: base });
    await bench.wait(300);
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    ({ ImageId: child = '' } = await bench.send((ec2) =>
      ec2.send(new CreateImageCommand({ InstanceId, Name: 'web' })),
    ));
  });

  test('its uses in the account are known at once: instances, all versions of launch templates, parameters, recipes, children', async () => {
    const [usage] = await look(bench, base);
    expect(usesOf(usage!).map(({ kind }) => kind)).toEqual([
      'instances',
      'templates',
      'parameters',
      'recipes',
      'children',
      'children',
    ]);
    expect(usage!.instances.known).toMatchObject([{ state: 'running', group: 'web' }]);
    expect(usage!.children.known?.map(({ ami }) => ami)).toEqual(expect.arrayContaining([child, copy]));
    expect(usage!.parameters.known).toEqual(['/golden/base/stable']);
  });

  test('a report that is made proves nothing, and no second one is asked for', async () => {
    const again = await look(bench, base);
    expect(unknownOf(again[0]!)).toEqual([
      expect.stringMatching(/^other accounts: EC2 has not completed its usage report/),
    ]);
    const { usageReports } = bench.cloud.world.region(region);
    expect(usageReports.size).toBe(1);
  });

  test('a report that is there does not show the launches of the day before it, and later ones do', async () => {
    await bench.wait(600);
    const [early] = await look(bench, base);
    expect(early!.others.known?.accounts).toEqual([]);
    expect(early!.launched.known).toEqual({ until: expect.stringMatching(/^2026-11-22T/) });
    await bench.wait(2 * day);
    await look(bench, base);
    await bench.wait(600);
    const [late] = await look(bench, base);
    expect(late!.others.known?.accounts).toEqual([
      { account: stranger.account, instances: 1, templates: 0, recipes: 0 },
    ]);
    expect(late!.launched.known?.last).toMatch(/^2026-11-23T/);
    expect(unknownOf(late!)).toEqual([]);
  });

  test('the look-ups call what their callers get permissions for', () => {
    const reading = (action: string) => usagePermissions.includes(`ec2:${action}`);
    const called = bench.cloud.calls
      .map(({ action }) => action)
      .filter((action) => /^(Describe|Get)Image/.test(action));
    expect([...new Set(called)].filter((action) => !reading(action))).toEqual([]);
  });

  test('EC2 forgets a report after 30 days, and then nobody knows about other accounts', async () => {
    await bench.wait(31 * day);
    const reports = await bench.send((ec2) => ec2.send(new DescribeImageUsageReportsCommand({ ImageIds: [base] })));
    expect(reports.ImageUsageReports).toEqual([]);
    const [usage] = await look(bench, base);
    expect(usage!.others.unknown).toMatch(
      /^EC2 has no usage report of all accounts and resources; asked for report amiur-/,
    );
  });
});

test('the line of a child leads to the vendor, over an AMI that is gone', async () => {
  const bench = await workbench();
  const base = await bench.create();
  await bench.wait(300);
  const copy = await bench.copy(base);
  await bench.wait(600);
  await bench.send((ec2) => ec2.send(new DeregisterImageCommand({ ImageId: base })));
  const { ImageAncestryEntries: line = [] } = await bench.run(() =>
    bench.ec2(ireland).send(new GetImageAncestryCommand({ ImageId: copy })),
  );
  expect(line.map(({ ImageId }) => ImageId).slice(0, 2)).toEqual([copy, base]);
  expect(line.at(-1)).toMatchObject({ ImageOwnerAlias: 'amazon' });
  expect(line.at(-1)).not.toHaveProperty('SourceImageId', expect.anything());
  const family = await bench.run(() => readFamily(connected(bench), [region, ireland.region]));
  expect(family.members.map(({ ami }) => ami)).toEqual([copy]);
  expect(Object.values(family.beyond)).toContainEqual({ region, ami: base });
});

describe("EC2's limits", () => {
  let bench: Bench;
  let ami = '';
  beforeAll(async () => {
    bench = await workbench();
    ami = await bench.create();
    await bench.wait(300);
  });
  const report = (more: object = {}) =>
    bench.send((ec2) =>
      ec2.send(
        new CreateImageUsageReportCommand({ ImageId: ami, ResourceTypes: [{ ResourceType: 'ec2:Instance' }], ...more }),
      ),
    );

  test('a token finds the report that it made, a second report waits for the first, and a stranger gets none', async () => {
    const { ReportId } = await report({ ClientToken: 'one' });
    expect(await report({ ClientToken: 'one' })).toMatchObject({ ReportId });
    await expect(report({ ClientToken: 'two' })).rejects.toMatchObject({ name: 'ResourceLimitExceeded' });
    await expect(report({ ImageId: 'ami-0123456789abcdef0' })).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    await expect(
      bench.send((ec2) => ec2.send(new DescribeImageUsageReportEntriesCommand({ ReportIds: ['amiur-0'] }))),
    ).rejects.toMatchObject({ name: 'InvalidImageUsageReportId.NotFound' });
  });

  test.each<[says: string, input: object]>([
    [
      'eleven AMIs',
      { ImageIds: Array.from({ length: 11 }, () => 'ami-0123456789abcdef0'), IncludeAllResourceTypes: true },
    ],
    ['an unknown kind', { ImageIds: ['ami-1'], ResourceTypes: [{ ResourceType: 'ec2:Fleet' }] }],
    [
      'an option of another kind',
      {
        ImageIds: ['ami-1'],
        ResourceTypes: [
          { ResourceType: 'ec2:Instance', ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: ['5'] }] },
        ],
      },
    ],
  ])('references of %s are refused', async (_says, input) => {
    await expect(
      bench.send((ec2) => ec2.send(new DescribeImageReferencesCommand(input as never))),
    ).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  });

  test('what EC2 does not let us see is unknown, and hides nothing else', async () => {
    const { ec2 } = bench.cloud.services;
    const { DescribeImageReferences, DescribeImageUsageReports } = ec2;
    ec2['DescribeImageReferences'] = () => {
      throw new ApiError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
    };
    ec2['DescribeImageUsageReports'] = () => {
      throw new ApiError('RequestLimitExceeded', 'Request limit exceeded.', 503);
    };
    const [usage] = await look(bench, ami);
    Object.assign(ec2, { DescribeImageReferences, DescribeImageUsageReports });
    expect(unknownOf(usage!)).toEqual([
      expect.stringMatching(/^launch templates: ec2:DescribeImageReferences .* UnauthorizedOperation/),
      expect.stringMatching(/^SSM parameters: ec2:DescribeImageReferences /),
      expect.stringMatching(/^Image Builder recipes: ec2:DescribeImageReferences /),
      expect.stringMatching(/^other accounts: ec2:DescribeImageUsageReports .* RequestLimitExceeded/),
    ]);
    expect(usage!.instances.known).toEqual([]);
  });

  test('an AMI that EC2 does not know makes no other one unknown', async () => {
    const usages = await look(bench, ami, 'ami-0123456789abcdef0');
    expect(usages.map(({ launched }) => launched.unknown === undefined)).toEqual([true, false]);
  });

  test('references come in pages, and the nouns read all of them', async () => {
    for (let n = 0; n < 25; n++)
      await bench.send((ec2) =>
        ec2.send(
          new CreateLaunchTemplateCommand({ LaunchTemplateName: `t-${n}`, LaunchTemplateData: { ImageId: ami } }),
        ),
      );
    const [usage] = await look(bench, ami);
    expect(usage!.templates.known).toHaveLength(25);
  });
});
