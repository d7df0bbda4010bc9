import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as z from 'zod/mini';
import { declarativePolicy, namePatterns } from '../../../core/publish/declarative-policy.ts';
import { operator } from '../../support/deployed.ts';
import { pipeline } from '../../support/pipeline.ts';
import { planOf } from '../../support/plan.ts';
import { join } from 'node:path';
import { golden } from '../../../cli/golden.ts';
import { recordingTerminal } from '../recording-terminal.ts';

const recipe = (name: string, source: string, watermark = true) => `name: ${name}
source: ${source}
builder: { instanceTypes: [t3.small] }
distribute: [{ region: us-east-1 }]
publish: { channel: stable${watermark ? ', watermark: true' : ''} }
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-policy-'));
  const vendor = "{ filter: { name: 'ubuntu-*', architecture: x86_64 }, owner: '099720109477' }";
  await writeFile(join(folder, 'base.yaml'), recipe('base', vendor));
  await writeFile(join(folder, 'web.yaml'), recipe('web', '{ channel: base/stable }'));
  await writeFile(join(folder, 'plain.yaml'), recipe('plain', '{ ami: ami-0123456789abcdef0, owner: self }', false));
});
afterAll(() => rm(folder, { recursive: true }));

const user = operator(pipeline());
const policy = (...args: string[]) => user.run('policy', ...args, '--recipes', folder);
const mark = (name: string, days: number) => ({
  WatermarkKey: expect.stringMatching(new RegExp(`^\\d{12}:golden-image-dev-us-east-1/${name}$`)),
  MaximumDaysSinceWatermarkCreated: days,
});

test('the criteria name the recipes whose images are launched, not those that others are made from', async () => {
  const { exitCode, out, err } = await policy('--days', '30');
  expect(exitCode).toBe(0);
  expect(err).not.toContain('note:');
  expect(JSON.parse(out)).toEqual([
    {
      ImageProviders: [expect.stringMatching(/^\d{12}$/)],
      ImageWatermarks: [mark('web', 30)],
      DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 },
    },
  ]);
});

test('on a simulated account, too', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['policy', 'web', '--recipes', folder, '--simulate'], terminal)).toBe(0);
  expect(JSON.parse(out())).toMatchObject([{ ImageWatermarks: [mark('web', 90)] }]);
});

test('a base that is named all the same has a note, since its children inherit its watermark', async () => {
  const { out, err } = await policy('base', 'web');
  expect(JSON.parse(out)).toMatchObject([{ ImageWatermarks: [mark('base', 90), mark('web', 90)] }]);
  expect(err).toContain('the images of web inherit the watermark of base, unpublished ones too');
});

test("the pipeline's own account may launch the sources of its recipes, too", async () => {
  expect(JSON.parse((await policy('--pipeline')).out)).toMatchObject([{}, { ImageProviders: ['099720109477'] }]);
});

/**
 * The fields of allowed_images_settings that AWS documents, and no others:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ec2_syntax.html
 */
const assigned = <T extends z.core.$ZodType>(value: T) => z.strictObject({ '@@assign': value });
const days = assigned(z.int().check(z.minimum(0), z.maximum(2_147_483_647)));
const owner = z.string().check(z.regex(/^(\d{12}|amazon|aws_marketplace|aws_backup_vault)$/));
const documentedPolicy = z.strictObject({
  ec2_attributes: z.strictObject({
    allowed_images_settings: z.strictObject({
      state: assigned(z.enum(['enabled', 'disabled', 'audit_mode'])),
      image_criteria: z.record(
        z.string().check(z.regex(/^criteria_([1-9]|10)$/)),
        z.strictObject({
          allowed_image_providers: z.optional(assigned(z.array(owner).check(z.maxLength(200)))),
          image_names: z.optional(
            assigned(z.array(z.string().check(z.regex(/^[A-Za-z0-9()[\]./'@_*? -]{3,128}$/))).check(z.maxLength(50))),
          ),
          creation_date_condition: z.optional(z.strictObject({ maximum_days_since_created: days })),
          deprecation_time_condition: z.optional(z.strictObject({ maximum_days_since_deprecated: days })),
        }),
      ),
    }),
  }),
});

test('a declarative policy has the documented fields only, and goes by name and age, which its note says', async () => {
  const { exitCode, out, err } = await policy('--format', 'organizations', '--days', '30', '--pipeline');
  expect(exitCode).toBe(0);
  const { allowed_images_settings: allowed } = documentedPolicy.parse(JSON.parse(out)).ec2_attributes;
  expect(allowed.state).toEqual({ '@@assign': 'audit_mode' });
  expect(allowed.image_criteria).toEqual({
    criteria_1: {
      allowed_image_providers: { '@@assign': [expect.stringMatching(/^\d{12}$/)] },
      image_names: { '@@assign': ['plain-????????-??????-????', 'web-????????-??????-????'] },
      creation_date_condition: { maximum_days_since_created: { '@@assign': 30 } },
      deprecation_time_condition: { maximum_days_since_deprecated: { '@@assign': 0 } },
    },
    criteria_2: { allowed_image_providers: { '@@assign': ['099720109477'] } },
  });
  expect(err).toMatch(
    /note: declarative policies have no criterion of watermarks .*\nnote: this was compared with the documentation/,
  );
});

test('the same policy as a CloudFormation template, which is enforced if asked', async () => {
  const { out } = await policy('web', '--format', 'cloudformation', '--enforce');
  const { Resources } = JSON.parse(out) as {
    Resources: Record<string, { Type: string; Properties: { Content: unknown } }>;
  };
  expect(Resources['AllowedImages']).toMatchObject({
    Type: 'AWS::Organizations::Policy',
    Properties: { Type: 'DECLARATIVE_POLICY_EC2', TargetIds: { Ref: 'Targets' } },
  });
  const policyText = documentedPolicy.parse(Resources['AllowedImages']?.Properties.Content);
  expect(policyText.ec2_attributes.allowed_images_settings.state).toEqual({ '@@assign': 'enabled' });
});

test('names match the builds of a recipe in all its targets, and none of another recipe', () => {
  const distribute = [
    { region: 'us-east-1' },
    { region: 'us-east-1', id: 'vault' },
    { region: 'eu-west-1', name: '{recipe} ({build})' },
  ];
  const { document } = planOf({ distribute });
  expect(namePatterns(document)).toEqual([
    'base-????????-??????-????',
    'base-????????-??????-????-vault',
    'base (????????-??????-????)',
  ]);
});

test('a policy that AWS would not take is refused', () => {
  const { document } = planOf();
  const recipes = Array.from({ length: 501 }, (_, index) => ({ ...document, name: `r${index}` }));
  const asked = { account: '111122223333', days: 90, sourcesOf: [], state: 'enabled' as const };
  expect(declarativePolicy(recipes, asked)).toBeUndefined();
  expect(declarativePolicy(recipes.slice(0, 200), asked)).toBeDefined();
});

test.each([
  [['plain'], 'plain has no publish.watermark: true'],
  [['--enforce'], '--enforce is for declarative policies'],
  [['--format', 'yaml'], "argument 'yaml' is invalid"],
  [['other'], 'there is no recipe other in'],
  [['--days', '0'], 'Give a number from 1 to 3650'],
])('%j is refused', async (args, says) => {
  const { exitCode, out, err } = await policy(...args);
  expect([exitCode, out]).toEqual([2, '']);
  expect(err).toContain(says);
});
