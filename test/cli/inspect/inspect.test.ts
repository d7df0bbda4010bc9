import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { detailsPermissions } from '../../../aws/images/image-details.ts';
import { usagePermissions } from '../../../aws/usage/usage-permissions.ts';
import { golden } from '../../../cli/golden.ts';
import type { Inspection } from '../../../core/inspect/inspection.ts';
import { ApiError } from '../../../simulator/aws/calls/actions.ts';
import type { Image } from '../../../simulator/aws/state/images.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk, operator } from '../../support/deployed.ts';
import { account, build, manifestIn, pipeline, regions } from '../../support/pipeline.ts';
import { recordingTerminal } from '../recording-terminal.ts';

let simulation: Simulation;
let id = '';
const run = (...args: string[]) => operator(simulation).run('inspect', ...args);
async function inspected(...args: string[]): Promise<Inspection> {
  const { exitCode, out, err } = await run(...args, '--json');
  expect([exitCode, err]).toEqual([0, '']);
  return JSON.parse(out) as Inspection;
}
const imageIn = (region: string, pick: (image: Image) => boolean = ({ tags }) => tags.get('golden:build') === id) =>
  [...simulation.cloud.world.region(region).images.values()].find(pick) as Image;

beforeAll(async () => {
  simulation = pipeline({ scenario: { delays: brisk } });
  id = manifestIn(simulation, await build(simulation)).build;
  await simulation.pass(3600);
}, 60_000);

describe('the published image of a recipe', () => {
  let inspection: Inspection;
  let called: string[];
  beforeAll(async () => {
    const before = simulation.cloud.calls.length;
    inspection = await inspected('base');
    called = simulation.cloud.calls.slice(before).map(({ service, action }) => `${service}:${action}`);
  });

  test('is the first one of its build, with all that EC2 tells of it', () => {
    expect(inspection.image).toMatchObject({
      ami: imageIn('us-east-1').id,
      region: 'us-east-1',
      name: `base-${id}`,
      state: 'available',
      owner: account,
      public: false,
      platform: 'Linux/UNIX',
      usageOperation: 'RunInstances',
      architecture: 'x86_64',
      virtualization: 'hvm',
      bootMode: 'uefi-preferred',
      uefiVariables: { known: false },
      ena: true,
      sriov: 'simple',
      imds: 'v2.0',
      deregistrationProtection: 'disabled',
      rootDeviceType: 'ebs',
      rootDevice: '/dev/xvda',
    });
    expect(inspection.image?.disks).toEqual([
      {
        device: '/dev/xvda',
        snapshot: expect.stringMatching(/^snap-/),
        sizeGiB: 8,
        type: 'gp3',
        iops: 3000,
        throughput: 125,
        encrypted: true,
        keyArn: expect.stringMatching(/^arn:aws:kms:us-east-1:/),
        snapshotUsers: { known: ['444455556666'] },
        deleteOnTermination: true,
      },
    ]);
    expect(inspection.build).toMatchObject({ recipe: 'base', build: id, status: 'published' });
  });

  test('shows its copies, and who may launch each', () => {
    expect(inspection.copies.map(({ region, state, parameter }) => [region, state, parameter])).toEqual(
      regions.map((region) => [region, 'available', '/golden/base/stable']),
    );
    expect(inspection.copies[0]?.users).toEqual({ known: ['444455556666'] });
  });

  test('shows who uses it and what is not known, in every region', () => {
    expect(inspection.usage.map(({ region }) => region)).toEqual(regions);
    expect(inspection.usage[0]).toMatchObject({
      parameters: { known: ['/golden/base/stable'] },
      instances: { known: [] },
      children: { known: [] },
      others: { unknown: expect.stringContaining('no usage report') },
    });
  });

  test("shows its line back to the vendor's image", () => {
    expect(inspection.line.known).toMatchObject([
      { ami: inspection.image?.ami, recipe: 'base', build: id },
      { ownerAlias: 'amazon', name: expect.stringMatching(/^al2023-ami-/) },
    ]);
    expect(inspection.lineEnds).toMatch(/a public AMI of a verified provider \(amazon\)$/);
  });

  test('only reads, with the permissions that the page names', () => {
    expect(called.filter((call) => !/:(Describe|Get|List)/.test(call))).toEqual([]);
    const allowed = [...detailsPermissions, ...usagePermissions, 'ec2:DescribeRegions'];
    const ofEc2 = called.filter((call) => call.startsWith('ec2:'));
    expect(ofEc2.filter((call) => !allowed.includes(call))).toEqual([]);
  });

  test('is told to a reader in columns', async () => {
    const { out } = await run('base');
    expect(out).toMatch(
      new RegExp(`^\n {2}base-${id}\n {2}ami-\\w+ in us-east-1, available, of ${account} \\(this account\\)`),
    );
    expect(out).toMatch(/Platform +Linux\/UNIX \(RunInstances\), x86_64, hvm\n/);
    expect(out).toMatch(/\n {2}\/dev\/xvda +snap-\w+ +8 +gp3 +3000 +125 +deleted +by [\w-]+\n/);
    expect(out).toMatch(/\n {2}eu-west-1 +ami-\w+ +available +\/golden\/base\/stable +o-exampleorgid\n/);
    expect(out).toMatch(
      /Used by\n {2}us-east-1 +SSM parameter \/golden\/base\/stable\n +nobody can tell: other accounts/,
    );
    expect(out).toMatch(/It ends at ami-\w+, a public AMI of a verified provider \(amazon\)\./);
  });
});

describe('an AMI', () => {
  test('is found in any region of the account, and its build is known by its tags', async () => {
    const { id: ami } = imageIn('ap-southeast-2');
    const { image, build: made, copies, line } = await inspected(ami);
    expect([image?.ami, image?.region, made?.build]).toEqual([ami, 'ap-southeast-2', id]);
    expect(copies.map(({ region }) => region)).toEqual(regions);
    expect(line.known?.map(({ region }) => region)).toEqual(['ap-southeast-2', 'us-east-1', 'us-east-1']);
  });

  test('of a vendor is shown as what it is', async () => {
    const { id: ami } = imageIn(
      'us-east-1',
      ({ ownerAlias, name }) => ownerAlias === 'amazon' && name.startsWith('al2023'),
    );
    const inspection = await inspected(ami);
    expect(inspection).toMatchObject({
      image: {
        ami,
        public: true,
        ownerAlias: 'amazon',
        uefiVariables: { unknown: expect.stringContaining('AuthFailure') },
      },
      build: null,
      copies: [{ ami, users: { known: ['all'] } }],
      usage: [{ others: { unknown: 'EC2 tells only the account that owns the AMI' } }],
    });
    expect((await run(ami)).out).toMatch(
      /of 137112412989 \(amazon\)[\s\S]+Build +none of this pipeline[\s\S]+available +– +everyone/,
    );
  });

  test('of another account that has our tags is no image of a build of ours', async () => {
    const tags = new Map([
      ['golden:recipe', 'base'],
      ['golden:build', id],
    ]);
    const forged = simulation.cloud.addImage({
      region: 'us-east-1',
      name: 'forged',
      owner: '999999999999',
      tags,
      public: true,
    });
    expect(await inspected(forged.id)).toMatchObject({ build: null, copies: [{ ami: forged.id }] });
  });

  test('that is instance store-backed is shown as what it is: its manifest, no snapshots', async () => {
    const old = simulation.cloud.addImage({
      region: 'us-east-1',
      name: 'old',
      owner: account,
      instanceStore: true,
      mappings: [],
    });
    expect((await inspected(old.id)).image).toMatchObject({
      rootDeviceType: 'instance-store',
      location: `${account}/old.manifest.xml`,
      disks: [],
    });
    expect((await run(old.id)).out).toMatch(
      /Root device +instance store: the image lies in S3 as 222233334444\/old\.manifest\.xml and has no\s+snapshots/,
    );
  });

  test.each([
    [
      ['ami-0123456789abcdef0'],
      /no such AMI is visible in us-east-1, ap-northeast-1, [\s\S]+us-west-2; it may be gone/,
    ],
    [['ami-0123456789abcdef0', '--region', 'eu-west-1'], /no such AMI is visible in eu-west-1; it may be gone/],
    [['ami-0123456789abcdef0', '--region', 'mars-1'], /--region mars-1: there is no such region/],
    [['nobody'], /no build of such a recipe/],
    [['20200101-000000-0000'], /there is no such build in us-east-1/],
    [['Not A Name'], /is neither a recipe's name, nor an execution's ARN, nor a build's id/],
  ])('golden inspect %j is refused', async (args, says) => {
    const { exitCode, err } = await run(...args);
    expect([exitCode, err]).toEqual([2, expect.stringMatching(says)]);
  });

  test('is shown without a pipeline in the account, and a build is not', async () => {
    const { id: ami } = imageIn('us-east-1');
    const inspection = await inspected(ami, '--stage', 'prod');
    expect(inspection.image?.ami).toBe(ami);
    expect(inspection.copies.map(({ region }) => region)).toEqual(['us-east-1']);
    expect(inspection.notes).toEqual([
      expect.stringMatching(/was not read: there is no state machine golden-image-prod-/),
    ]);
    expect((await run('base', '--stage', 'prod')).exitCode).toBe(2);
  });
});

test('what AWS does not let a person see is told as unknown, and the rest is shown', async () => {
  const { ec2 } = simulation.cloud.services;
  const real = { ...ec2 };
  for (const action of ['GetImageAncestry', 'DescribeImageReferences', 'DescribeSnapshots', 'DescribeImageAttribute'])
    ec2[action] = () => {
      throw new ApiError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403);
    };
  const inspection = await inspected(id);
  const { out } = await run(id);
  Object.assign(ec2, real);
  expect(inspection.image?.disks[0]).toMatchObject({ encrypted: true });
  expect(inspection.image?.disks[0]).not.toHaveProperty('keyArn');
  expect(inspection.copies[0]?.users.unknown).toMatch(/UnauthorizedOperation/);
  expect(inspection.line.unknown).toMatch(/GetImageAncestry/);
  expect(out).toMatch(/yes, key unknown[\s\S]+Line back\n +nobody can tell: ec2:GetImageAncestry of ami-/);
});

test('an AMI that is gone or disabled is told so, and if all are gone, the build is still shown', async () => {
  imageIn('us-east-1').state = 'deregistered';
  imageIn('eu-west-1').state = 'disabled';
  const { image, copies } = await inspected(`base-${id}`);
  expect(image).toMatchObject({ region: 'eu-west-1', state: 'disabled' });
  expect(copies.map(({ state }) => state)).toEqual(['gone', 'disabled', 'available']);
  for (const region of regions) imageIn(region).state = 'deregistered';
  const { exitCode, out } = await run(id);
  expect([exitCode, out]).toEqual([
    0,
    expect.stringMatching(/none of its AMIs is left[\s\S]+us-east-1 +ami-\w+ +gone/),
  ]);
});

test('a recipe means what its own channel holds, not its newest build', async () => {
  simulation = pipeline({ scenario: { delays: brisk } });
  const first = manifestIn(simulation, await build(simulation)).build;
  await simulation.pass(3600);
  await build(simulation, { recipe: 'base', force: true });
  await simulation.finish(simulation.move({ recipe: 'base', verb: 'rollback' }));
  expect((await inspected('base')).build?.build).toBe(first);
}, 60_000);

test('anybody can try it on a simulated AWS, which prints what the page on it shows', async () => {
  const { terminal, out } = recordingTerminal();
  expect(await golden(['inspect', 'al2023-base', '--simulate'], terminal)).toBe(0);
  const [, shown = ''] = /prints:\n\n```\n([^`]+)```/.exec(readFileSync('docs/inspect.md', 'utf8')) ?? [];
  // Ids change with everything that the simulated account does before.
  const plain = (text: string) =>
    text
      .trim()
      .replaceAll(/[0-9a-f]{8}[0-9a-f-]+/g, '…')
      .replaceAll(/\d\d:\d\d UTC/g, '…');
  expect(plain(out())).toBe(plain(shown));
}, 30_000);
