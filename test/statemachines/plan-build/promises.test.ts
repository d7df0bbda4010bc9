import { expect, test } from '@jest/globals';
import type { Forecast } from '../../../core/forecast/forecast.ts';
import { formatPath } from '../../../core/recipe/recipe.ts';
import { ApiError } from '../../../simulator/aws/calls/actions.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, consumer, copied, home, leftIn, pipeline, recipe, targets } from '../../support/pipeline.ts';

// What a plan promises to find, line by line: each line has one mistake, and the plan has just this finding.

interface Line {
  changes?: Record<string, unknown>;
  /** Whether the account was set up without the changes, so that it lacks what they name. */
  lacking?: true;
  scenario?: Record<string, unknown>;
  /** Changes the account before the plan. */
  before?: (simulation: Simulation) => Promise<unknown> | void;
  problem?: [path: string, says: string];
  note?: string;
}

const builder = (changes: object) => ({ builder: { ...recipe.builder, ...changes } });
/** A recipe that shares nothing and encrypts nothing, with one change of its second target. */
const plain = (changes: object) => ({
  ...builder({ rootVolume: {} }),
  distribute: [{ region: home }, { region: copied, ...changes }],
});
const subnet = (id: string, changes = {}) => ({ id, vpc: 'vpc-0000000a', ...changes });
const denied =
  (...actions: string[]) =>
  async (simulation: Simulation) => {
    await build(simulation);
    for (const action of actions)
      simulation.cloud.services.ec2[action] = () => {
        throw new ApiError('UnauthorizedOperation', `You are not authorized to perform: ec2:${action}`, 403);
      };
  };
const parameterIn = ({ cloud }: Simulation, value: string) => cloud.setParameter(copied, '/golden/base/stable', value);
const keyOf = ({ cloud }: Simulation, alias: string) => cloud.addKey(copied, alias);
const other = '111122223333';

const lines: [string, Line][] = [
  ['nothing is wrong', { changes: plain({}) }],
  [
    'the source is there',
    { changes: { source: { ami: 'ami-0aaaaaaaaaaaaaaaa', owner: 'amazon' } }, problem: ['source', 'no source image for ami-0a'] },
  ],
  [
    'the owner of the source is right',
    {
      changes: { source: { ...recipe.source, owner: '999999999999' } },
      problem: ['source', 'the recipe trusts 999999999999; nothing was launched from it'],
    },
  ],
  [
    'the source is not hidden by Allowed AMIs',
    {
      scenario: { allowedImages: { providers: ['999999999999'] } },
      problem: ['source', "Allowed AMIs are enabled in us-east-1 and may hide the image; add its owner to them"],
    },
  ],
  [
    'a source that Allowed AMIs would hide in earnest',
    {
      scenario: { allowedImages: { state: 'audit-mode', providers: ['999999999999'] } },
      note: 'is not within the Allowed AMIs of the account in us-east-1, which are in audit mode',
    },
  ],
  [
    'the regions are enabled',
    {
      changes: { distribute: [...recipe.distribute, { region: 'me-south-1', kmsKey: 'alias/golden-me' }] },
      scenario: { disabledRegions: ['me-south-1'] },
      problem: ['distribute[3].region', 'me-south-1 is not enabled for account 222233334444; enable the region'],
    },
  ],
  [
    'the keys exist',
    {
      changes: { distribute: [targets.home, { region: copied, kmsKey: 'alias/lost' }] },
      lacking: true,
      problem: ['distribute[1].kmsKey', 'KMS in eu-west-1 knows no key alias/lost; create the key, or name another'],
    },
  ],
  [
    'the keys are enabled',
    {
      changes: { distribute: [targets.home, { region: copied, kmsKey: 'alias/off' }] },
      before: (simulation) => void (keyOf(simulation, 'alias/off').state = 'disabled'),
      problem: ['distribute[1].kmsKey', 'alias/off in eu-west-1 is Disabled: nothing can be encrypted with it'],
    },
  ],
  [
    'the keys of shared images are managed by the customer',
    {
      changes: plain({ accounts: [consumer] }),
      scenario: { encryption: [{ region: copied }] },
      problem: ['distribute[1]', 'would be encrypted with the AWS-managed key of eu-west-1, which cannot be shared'],
    },
  ],
  [
    "the policy of a key lets those use the key who get the image",
    {
      changes: { distribute: [targets.home, { region: copied, kmsKey: 'alias/shut', accounts: ['777788889999'] }] },
      before: (simulation) => {
        const own = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' };
        keyOf(simulation, 'alias/shut').policy = JSON.stringify({ Version: '2012-10-17', Statement: [own] });
      },
      problem: ['distribute[1]', 'is shared with 777788889999, but the policy of the key alias/shut in eu-west-1 does not let them use it'],
    },
  ],
  [
    'the roles of other accounts let the pipeline in',
    {
      changes: plain({ copyTo: [{ account: other }] }),
      before: ({ cloud }) => cloud.world.roles.clear(),
      problem: ['distribute[1].copyTo[0].role', 'golden-copy-target'],
      note: `the quotas of ${other} are not read`,
    },
  ],
  [
    'the subnets exist',
    {
      changes: builder({ subnets: ['subnet-0aaaaaaaaaaaaaaaa'] }),
      lacking: true,
      problem: ['builder.subnets[0]', 'subnet-0aaaaaaaaaaaaaaaa does not exist in us-east-1'],
    },
  ],
  [
    'the security groups exist',
    {
      changes: builder({ securityGroups: ['sg-0aaaaaaaaaaaaaaaa'] }),
      lacking: true,
      problem: ['builder.securityGroups[0]', 'sg-0aaaaaaaaaaaaaaaa does not exist in us-east-1'],
    },
  ],
  [
    'subnets and groups are in one VPC',
    {
      changes: builder({ subnets: ['subnet-0000000a'], securityGroups: ['sg-0000000b'] }),
      scenario: {
        network: { subnets: [subnet('subnet-0000000a')], securityGroups: [{ id: 'sg-0000000b', vpc: 'vpc-0000000b' }] },
      },
      problem: ['builder.securityGroups[0]', 'sg-0000000b is in vpc-0000000b, but subnet-0000000a is in vpc-0000000a'],
    },
  ],
  [
    'the subnets reach Systems Manager',
    {
      changes: builder({ subnets: ['subnet-0000000a'] }),
      scenario: { network: { subnets: [subnet('subnet-0000000a', { route: 'none' })] } },
      problem: ['builder.subnets[0]', 'no route leads out of subnet-0000000a'],
    },
  ],
  [
    'the quota of running vCPUs',
    { scenario: { vcpuLimit: 1 }, problem: ['builder.instanceTypes', 'need at least 2 vCPUs, and the account may run 1'] },
  ],
  [
    'the quota of AMIs',
    {
      changes: { distribute: [{ region: home }, { region: home, id: 'more', kmsKey: 'alias/more' }] },
      scenario: { imageLimit: 1 },
      problem: ['distribute[0]', 'the build makes 2 AMIs in us-east-1, where the account has 0 of the 1 that it may have'],
    },
  ],
  [
    'the quota of users of an AMI',
    {
      changes: { ...plain({}), distribute: [{ region: home, accounts: [consumer, '777788889999'] }] },
      scenario: { imageUserLimit: 1 },
      problem: ['distribute[0]', 'is shared with 2 accounts, organizations and units, and EC2 shares an AMI with 1'],
    },
  ],
  [
    'the quota of public AMIs',
    {
      changes: plain({ allowPublic: true }),
      scenario: { blockPublicImages: false, publicImageLimit: 0 },
      problem: ['distribute[1].allowPublic', 'would be public AMI 1 of the account in eu-west-1, and it may have 0'],
    },
  ],
  [
    'snapshots that may be pending at the same time',
    { changes: { distribute: [{ region: home }] }, scenario: { pendingSnapshotLimit: 0 }, note: 'of the 0 that may be pending are pending now' },
  ],
  [
    'block public access is off where an image is public',
    {
      changes: plain({ allowPublic: true }),
      problem: ['distribute[1].allowPublic', 'block public access for AMIs is block-new-sharing in eu-west-1; switch it off there'],
    },
  ],
  [
    'the parameter can be written',
    {
      before: (simulation) => parameterIn(simulation, 'hello'),
      problem: ['publish.channel', "/golden/base/stable in eu-west-1 holds something else than the id of an AMI"],
    },
  ],
  [
    'the launch templates are there',
    {
      changes: plain({ launchTemplate: { name: 'web' } }),
      problem: ['distribute[1].launchTemplate', 'web'],
    },
  ],
  [
    'the instance profile is there',
    {
      changes: builder({ instanceProfile: 'nobody' }),
      lacking: true,
      problem: ['builder.instanceProfile', 'IAM has no instance profile nobody in this account; create it, or name another'],
    },
  ],
  [
    'the instance types fit the source',
    { changes: builder({ instanceTypes: ['t4g.small'] }), problem: ['builder.instanceTypes[0]', 't4g.small is arm64, but the source'] },
  ],
  [
    'EC2 would launch the builder',
    { before: denied('RunInstances'), problem: ['builder', 'the role of the function Launch lacks a permission: ec2:RunInstances'] },
  ],
  [
    'EC2 would copy the image',
    {
      changes: { distribute: [targets.home, targets.copied] },
      before: denied('CopyImage'),
      problem: ['distribute[1]', 'the role of the function CopyImage lacks a permission: ec2:CopyImage'],
    },
  ],
  [
    'EC2 would share the image',
    {
      changes: { distribute: [targets.home] },
      before: denied('ModifyImageAttribute'),
      problem: ['distribute[0]', 'the role of the function GrantPermissions lacks a permission: ec2:ModifyImageAttribute'],
    },
  ],
  [
    'EC2 would mark the image when it is published',
    {
      changes: { distribute: [{ region: home }], publish: { channel: 'stable', watermark: true } },
      before: denied('AttachImageWatermark'),
      problem: ['distribute[0]', 'the role of the function Publish lacks a permission: ec2:AttachImageWatermark'],
    },
  ],
  ...['CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'].map((action): [string, Line] => [
    `EC2 would change the launch template: ${action}`,
    {
      changes: { distribute: [{ region: home, launchTemplate: { name: 'web', setDefault: true } }] },
      before: async (simulation) => {
        const TagSpecifications = [{ ResourceType: 'launch-template', Tags: [{ Key: 'golden:recipe', Value: 'base' }] }];
        const LaunchTemplateData = { ImageId: 'ami-0aaaaaaaaaaaaaaaa' };
        const template = { LaunchTemplateName: 'web', LaunchTemplateData, TagSpecifications };
        simulation.cloud.services.ec2['CreateLaunchTemplate']?.(template, { account, region: home });
        await denied(action)(simulation);
      },
      problem: ['distribute[0]', `the role of the function Publish lacks a permission: ec2:${action}`],
    },
  ]),
];

test.each(lines)('%s', async (_, { changes = {}, lacking, scenario = {}, before, problem, note }) => {
  const simulation = pipeline({ changes: lacking ? {} : changes, scenario: { delays: brisk, ...scenario } });
  await before?.(simulation);
  const left = leftIn(simulation);
  const { output = '', cause } = await simulation.finish(simulation.plan({ recipe: lacking ? { ...recipe, ...changes } : 'base' }));
  expect(cause).toBeUndefined();
  const { problems, notes } = JSON.parse(output) as Forecast;
  const found = problems.map(({ path, message }) => [formatPath(path), message]);
  const [path, says = ''] = problem ?? [];
  expect(found).toEqual([[path, expect.stringContaining(says)]].filter(() => problem !== undefined));
  const others = notes.filter((one) => !one.includes('the channel gets a new parameter'));
  expect(others).toEqual([expect.stringContaining(note ?? '')].filter(() => note !== undefined));
  expect(leftIn(simulation)).toEqual(left);
});
