import {
  AllocateHostsCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  type Instance,
  type Tag,
} from '@aws-sdk/client-ec2';
import { type Command, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Manifest } from '../../core/build/manifest.ts';
import { keyOf } from '../../core/memory/documents.ts';
import type { SweepOutcome } from '../../core/sweep/sweep-report.ts';
import { compileRecipes } from '../../scripts/deployment-files.ts';
import { bakedOf, bakeOnMoto, expectPublished, motoRecipe } from './bakes.ts';
import { emptyEstate, estateOf, parameterIn, storedManifest, tagsOfImage } from './estate.ts';
import { motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';

// Recipes that say more than motoRecipe does. They are compiled from a folder with their files, as a deployment does.
const home = { distribute: [{ region: motoHome }] };
const builder = { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' };
const arm64 = {
  source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64' },
  builder: { instanceTypes: ['t4g.small'] },
};
const holds = {
  onFailure: 'hold',
  holdFor: '30m',
  builder: { ...builder, network: { securityGroups: { use: 'held' } } },
};
const onlyOnArm = { checks: [{ name: 'only on arm', run: 'false' }] };
const recipes = [
  motoRecipe('configured', {
    ...home,
    parameters: { release: { default: '1.1' } },
    env: { HTTPS_PROXY: 'http://proxy.example.com:3128' },
    provision: [
      { name: 'config', files: { from: 'files/app', to: '/etc/app', mode: '0640' } },
      { name: 'release', run: 'echo ${{ parameters.release }} >/etc/release' },
    ],
  }),
  motoRecipe('registered', { ...home, image: { register: true } }),
  motoRecipe('pair', { ...home, variants: { intel: {}, arm: arm64 } }),
  motoRecipe('split', { ...home, variants: { intel: {}, arm: { ...arm64, ...onlyOnArm } } }),
  motoRecipe('imported', {
    ...home,
    source: { disk: { architecture: 'x86_64', bootMode: 'uefi' }, owner: 'self' },
    builder: { ...builder, rootVolume: { encrypted: true, kmsKey: 'alias/golden' } },
    provision: [],
  }),
  motoRecipe('held', { ...home, ...holds }),
  motoRecipe('forgotten', { ...home, ...holds }),
];
/** No event ends these waits, and their deployed heartbeats are longer. */
const sooner = {
  definition: (text: string) =>
    text
      .replaceAll('"HeartbeatSeconds": 60', '"HeartbeatSeconds": 4')
      .replaceAll('"HeartbeatSecondsPath": "$.imported.wait.heartbeat"', '"HeartbeatSeconds": 4'),
};

let lab: Lab;
let folder: string;
/** The security groups of builders that are held: one lets something in. */
let open: string;
let closed: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-moto-recipes-'));
  await mkdir(join(folder, 'recipes/files/app'), { recursive: true });
  await writeFile(join(folder, 'recipes/files/app/app.conf'), 'port = 8080\n');
  for (const recipe of recipes) await writeFile(join(folder, `recipes/${recipe.name}.yaml`), JSON.stringify(recipe));
  await compileRecipes(join(folder, 'dist'), join(folder, 'recipes'));
  lab = await openLab({ catalog: join(folder, 'dist/resolve/recipes.json') });
  open = await makeGroup('open');
  closed = await makeGroup('closed');
  const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  const lets = new AuthorizeSecurityGroupIngressCommand({ GroupId: open, IpPermissions: [https] });
  await lab.ec2(motoHome).send(lets);
});
afterAll(async () => {
  await lab.stop();
  await rm(folder, { recursive: true });
});

async function makeGroup(GroupName: string): Promise<string> {
  const ec2 = lab.ec2(motoHome);
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand());
  const asked = { GroupName, Description: 'of builders that are held', VpcId: Subnets[0]?.VpcId };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand(asked));
  await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags: [{ Key: 'use', Value: 'held' }] }));
  return GroupId;
}

const groupsOf = ({ NetworkInterfaces = [] }: Instance) =>
  NetworkInterfaces.flatMap(({ Groups = [] }) => Groups.map(({ GroupId = '' }) => GroupId)).toSorted();

const named = (Tags: Tag[] = []) => Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));

/** The instances of a recipe, as moto describes them, in the order of their launches. moto keeps terminated ones. */
async function instancesOf(recipe: string, ...roles: string[]): Promise<Instance[]> {
  const Filters = [{ Name: 'tag:golden:recipe', Values: [recipe] }];
  if (roles.length > 0) Filters.push({ Name: 'tag:golden:role', Values: roles });
  const { Reservations = [] } = await lab.ec2(motoHome).send(new DescribeInstancesCommand({ Filters }));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

async function volumesOf({ InstanceId = '' }: Instance) {
  const Filters = [{ Name: 'attachment.instance-id', Values: [InstanceId] }];
  return (await lab.ec2(motoHome).send(new DescribeVolumesCommand({ Filters }))).Volumes ?? [];
}

async function userDataOf({ InstanceId }: Instance): Promise<string> {
  const asked = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' });
  return Buffer.from((await lab.ec2(motoHome).send(asked)).UserData?.Value ?? '', 'base64').toString();
}

/** Gives tags to default subnets in these zones, and to the default security group. */
async function tagNetwork(use: string, ...zones: string[]): Promise<{ subnets: string[]; group: string }> {
  const ec2 = lab.ec2(motoHome);
  const inZones = [{ Name: 'availability-zone', Values: zones }];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: inZones }));
  const ofDefault = [{ Name: 'group-name', Values: ['default'] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters: ofDefault }));
  const [subnets, group = ''] = [Subnets.map(({ SubnetId = '' }) => SubnetId), SecurityGroups[0]?.GroupId];
  await ec2.send(new CreateTagsCommand({ Resources: [...subnets, group], Tags: [{ Key: 'use', Value: use }] }));
  return { subnets, group };
}

/** The commands that SSM got for a recipe's instances, with their parameters. */
async function commandsOf(recipe: string) {
  const instances = (await instancesOf(recipe)).map(({ InstanceId = '' }) => InstanceId);
  const lists = await Promise.all(
    instances.map((InstanceId) => lab.ssm(motoHome).send(new ListCommandsCommand({ InstanceId }))),
  );
  return lists.flatMap(({ Commands = [] }) => Commands);
}

/** The scripts that a command unpacks on its instance: that of the step, and what comes before it. */
function scriptsIn({ Parameters }: Command): string {
  const lines = Parameters?.['commands'] ?? [];
  const packed = lines.join('\n').matchAll(/<<'PACKED'.*\n([^]*?)\nPACKED/g);
  return [...packed].map(([, text = '']) => gunzipSync(Buffer.from(text, 'base64')).toString()).join('\n');
}

test.concurrent('files come through the bucket, and env and parameters into the commands that SSM gets', async () => {
  const input = { recipe: 'configured', parameters: { release: '1.2' } };
  await expectPublished(lab, 'configured', await bakeOnMoto(lab, 'configured', input), [motoHome]);

  const archives = join(folder, 'dist/resolve/archives');
  const [digest = ''] = await readdir(archives);
  const stored = (await lab.artifact(`assets/${digest}`)) ?? '';
  expect(stored).toContain('port = 8080');
  expect(stored).toBe((await readFile(join(archives, digest))).toString());

  const commands = await commandsOf('configured');
  const remote = commands.filter(({ DocumentName }) => DocumentName === 'AWS-RunRemoteScript');
  expect(remote.map(({ Parameters }) => Parameters?.['sourceInfo'])).toEqual([
    [expect.stringContaining(`/assets/${digest}"`)],
  ]);
  const scripts = commands.map(scriptsIn).filter((text) => text.includes('echo 1.2 >/etc/release'));
  expect(scripts).toEqual([expect.stringContaining('http://proxy.example.com:3128')]);
});

test.concurrent('an image is registered from the snapshots of its builder, and has these disks', async () => {
  const baked = await bakeOnMoto(lab, 'registered', { recipe: 'registered' });
  const { images } = await expectPublished(lab, 'registered', baked, [motoHome]);
  for (const state of ['CreateSnapshots', 'RegisterImage']) expect(baked.entered).toContain(state);
  expect(baked.entered).not.toContain('CreateImage');
  const Filters = [{ Name: 'tag:golden:recipe', Values: ['registered'] }];
  const { Snapshots = [] } = await lab.ec2(motoHome).send(new DescribeSnapshotsCommand({ Filters }));
  const made = Snapshots.map(({ SnapshotId, VolumeSize }) => `/dev/xvda=${SnapshotId}=${VolumeSize}=`);
  expect(made).toHaveLength(1);
  expect(tagsOfImage(images[motoHome]?.[0] ?? {})['layer:disks']).toMatch(new RegExp(`^${made[0]}`));
});

test.concurrent('the variants of a recipe are built side by side, and each is published to its channel', async () => {
  const whole = await bakeOnMoto(lab, 'pair', { recipe: 'pair' }, sooner);
  expect(whole.manifest).toMatchObject({ status: 'published', targets: [] });
  for (const [name, architecture] of [
    ['pair-intel', 'x86_64'],
    ['pair-arm', 'arm64'],
  ] as const) {
    const manifest = await storedManifest(lab, name, whole.build);
    const { images } = await expectPublished(lab, name, { ...whole, manifest }, [motoHome]);
    expect(images[motoHome]?.[0]).toMatchObject({ Name: `${name}-${whole.build}`, Architecture: architecture });
  }
});

test.concurrent('a variant that fails its check leaves none published, in no channel and with no image', async () => {
  const command = (comment: string) =>
    comment.includes('only on arm') ? { exitCode: 1, stdout: 'no such feature\n', stderr: '' } : undefined;
  const whole = await bakeOnMoto(lab, 'split', { recipe: 'split' }, { ...sooner, faults: { command } });
  expect(whole).toMatchObject({ error: 'VariantFailed', cause: expect.stringContaining('split-arm: CheckFailed') });
  const errors = { 'split-arm': 'CheckFailed', 'split-intel': 'VariantFailed' };
  for (const [name, error] of Object.entries(errors)) {
    expect(await storedManifest(lab, name, whole.build)).toMatchObject({ status: 'failed', failure: { error } });
    expect(await estateOf(lab, name)).toMatchObject({ ...emptyEstate, launched: 2 });
    expect(await parameterIn(lab, `/golden/${name}/stable`)).toEqual({});
  }
});

test.concurrent('golden import makes an image of a file, with the size and under the key of its disk', async () => {
  await lab.makeRole('vmimport');
  await lab.putFile('disks', 'web.vmdk', 'a disk of 20 GiB');
  await lab.deploy('imported', { ...sooner, faults: { takes: { import: 2 } } });
  const words = ['import', 's3://disks/web.vmdk', '--format', 'vmdk', '--recipe', 'imported'];
  const { out, err } = await lab.golden(...words, '--stage', 'imported', '--json');
  expect(err).toMatch(/✓ AwaitImport .*\n(.*\n)*.*✓ RegisterImage/);
  const { images, launched, snapshots } = await estateOf(lab, 'imported');
  const [{ ImageId: ami = '', ...image } = {}] = images[motoHome] ?? [];
  expect(JSON.parse(out)).toMatchObject({ status: 'published', targets: [{ region: motoHome, ami }] });
  expect(await parameterIn(lab, '/golden/imported/stable')).toEqual({ [motoHome]: `aws:ec2:image ${ami}` });
  expect(launched).toBe(1); // the candidate
  const [snapshot = '', ...others] = snapshots[motoHome] ?? [];
  expect(others).toEqual([]);
  expect(tagsOfImage(image)['layer:disks']).toBe(`/dev/xvda=${snapshot}=20=gp3=true=encrypted`);
  const described = await lab.ec2(motoHome).send(new DescribeSnapshotsCommand({ SnapshotIds: [snapshot] }));
  expect(described.Snapshots?.[0]).toMatchObject({
    VolumeSize: 20,
    Description: expect.stringContaining('VMImport'),
    Tags: expect.arrayContaining([{ Key: 'layer:key', Value: expect.stringContaining(':key/') }]),
  });
});

test.concurrent(
  'builder and candidate are placed, tagged and set up as the recipe says, and only the builder gets user data',
  async () => {
    const { subnets, group } = await tagNetwork('placed', 'us-east-1a');
    const host = { AvailabilityZone: 'us-east-1a', InstanceFamily: 't3', Quantity: 1 };
    const { HostIds: [hostId = ''] = [] } = await lab.ec2(motoHome).send(new AllocateHostsCommand(host));
    const license = `arn:aws:license-manager:us-east-1:111122223333:license-configuration:lic-${'0123456789abcdef'.repeat(2)}`;
    const placed = { tenancy: 'host', hostId, placementGroup: 'builders', licenses: [license] };
    const network = { subnets: { use: 'placed' }, securityGroups: { use: 'placed' } };
    const document = motoRecipe('placed', {
      ...home,
      builder: {
        ...builder,
        ...placed,
        network,
        tags: { 'cost-centre': 'images' },
        imds: { hopLimit: 3, tags: true, ipv6: true },
        userData: '#!/bin/sh\necho the proxy comes first\n',
      },
    });
    const machine = await lab.deploy('placed', { faults: { takes: { image: 3600 } } });
    const execution = await lab.start(machine, 'placed', { recipe: document });
    await lab.reach(execution, 'AwaitImage'); // until then the builder has its volumes
    const [made = {}] = await instancesOf('placed', 'builder');
    const volumes = await volumesOf(made);
    expect(made.IamInstanceProfile?.Arn).toContain('golden-image-builder');
    expect(volumes.map(({ Tags }) => named(Tags)['cost-centre'])).toEqual(['images']);
    lab.layer.plan('placed', {});
    const { images } = await expectPublished(lab, 'placed', await bakedOf(lab, execution, { recipe: document }), [
      motoHome,
    ]);
    expect(tagsOfImage(images[motoHome]?.[0] ?? {})).not.toHaveProperty('cost-centre');

    const instances = await instancesOf('placed');
    expect(instances.map(({ Tags }) => named(Tags)['golden:role'])).toEqual(['builder', 'candidate']);
    for (const instance of instances) {
      expect(instance).toMatchObject({
        Placement: { HostId: hostId, AvailabilityZone: 'us-east-1a' },
        SubnetId: subnets[0],
        SecurityGroups: [{ GroupId: group }],
        MetadataOptions: {
          HttpTokens: 'required',
          HttpPutResponseHopLimit: 3,
          InstanceMetadataTags: 'enabled',
          HttpProtocolIpv6: 'enabled',
        },
      });
      expect(named(instance.Tags)).toMatchObject({
        'cost-centre': 'images',
        'layer:tenancy': 'host',
        'layer:placement-group': 'builders',
        'layer:license': license,
      });
    }
    const texts = await Promise.all(instances.map(userDataOf));
    expect(texts.map((text) => text.includes('echo the proxy comes first'))).toEqual([true, false]);
  },
);

test.concurrent(
  'a builder is a Spot Instance where EC2 has one, and is followed by one on demand if EC2 takes it back',
  async () => {
    const { subnets } = await tagNetwork('spot', 'us-east-1b', 'us-east-1c');
    const [without = '', within] = subnets.toSorted(); // with equal room, the lower id is tried first
    const spot = { spot: true, spotMaxPrice: '0.0104', network: { subnets: { use: 'spot' } } };
    const document = motoRecipe('spot', { ...home, builder: { ...builder, ...spot } });
    const faults = { noSpotIn: [without], takes: { command: 3600 } };
    const execution = await lab.start(await lab.deploy('spot', { faults }), 'spot', { recipe: document });
    await lab.reach(execution, 'AwaitCommand');
    const [first = {}] = await instancesOf('spot', 'builder');
    await lab.layer.takeBack('spot', motoHome, first.InstanceId ?? '');
    lab.layer.plan('spot', {});
    await expectPublished(lab, 'spot', await bakedOf(lab, execution, { recipe: document }), [motoHome]);
    const instances = await instancesOf('spot');
    expect(instances.map(({ InstanceLifecycle = 'on demand', SubnetId }) => [InstanceLifecycle, SubnetId])).toEqual([
      ['spot', within],
      ['on demand', without],
      ['on demand', without],
    ]);
    expect(named(instances[0]?.Tags)['layer:max-price']).toBe('0.0104');
  },
);

/** A build whose step fails, so that its builder is held. */
async function holdBuilder(name: string) {
  const command = (comment: string) =>
    comment.includes('patch') ? { exitCode: 1, stdout: '', stderr: 'no mirror\n' } : undefined;
  const failed = await bakeOnMoto(lab, name, { recipe: name }, { ...sooner, faults: { command } });
  expect(failed).toMatchObject({ status: 'FAILED', error: 'ProvisionFailed' });
  const [held = {}, ...others] = await instancesOf(name);
  expect(others).toEqual([]);
  expect([held.State?.Name, groupsOf(held)]).toEqual(['running', [closed]]);
  const { until = '', instance } = failed.manifest?.failure?.held ?? {};
  expect(instance).toBe(held.InstanceId);
  for (const { Tags } of [held, ...(await volumesOf(held))])
    expect(named(Tags)).toMatchObject({ 'golden:held': until, 'golden:expires': until });
  return { failed, held };
}

test.concurrent('a held builder outlives the clean-up of its build, and golden retry publishes from it', async () => {
  const { failed, held } = await holdBuilder('held');
  // moto's EventBridge does not hear of the end of an execution, so the test starts what the rule BuildDied would start
  const cleanUp = await lab.deploy('held', { ...sooner, machine: 'clean-up-build' });
  const owner = JSON.parse((await lab.artifact(keyOf({ recipe: 'held', build: failed.build }, 'owner'))) ?? '{}') as {
    execution: string;
  };
  const { startDate, status } = await lab.finish(owner.execution);
  const detail = { executionArn: owner.execution, startDate: startDate?.getTime(), status };
  expect(await lab.finish(await lab.start(cleanUp, 'died', { detail }))).toMatchObject({ status: 'SUCCEEDED' });
  expect((await estateOf(lab, 'held')).living).toEqual([held.InstanceId]);

  const { exitCode, out, err } = await lab.golden('retry', 'held', '--stage', 'held', '--json');
  expect([exitCode, exitCode === 0 ? '' : err]).toEqual([0, '']);
  const manifest = JSON.parse(out) as Manifest;
  expect(manifest).toMatchObject({ build: failed.build, status: 'published' });
  const { living, launched, images } = await estateOf(lab, 'held');
  expect([living, launched]).toEqual([[], 2]); // the held builder, and a candidate
  expect(images[motoHome]).toHaveLength(1);
  const [builderThen = {}] = await instancesOf('held', 'builder');
  expect(groupsOf(builderThen)).toEqual([open, closed].toSorted());
});

test.concurrent(
  'a held builder that nobody comes back to is spared by the sweep until its time, and then removed',
  async () => {
    const { held } = await holdBuilder('forgotten');
    const id = held.InstanceId ?? '';
    const machine = await lab.deploy('forgotten', { machine: 'sweep' });
    const sweep = async (name: string) => {
      const { status, output, cause } = await lab.finish(await lab.start(machine, name, {}));
      expect({ status, cause }).toEqual({ status: 'SUCCEEDED' });
      return JSON.parse(output ?? '') as SweepOutcome;
    };
    const { spared } = await sweep('early');
    expect(spared).toContainEqual(expect.objectContaining({ id, reason: expect.stringContaining('kept until') }));
    const over = ['golden:held', 'golden:expires'].map((Key) => ({ Key, Value: '2026-01-01T00:00:00.000Z' }));
    const Resources = [id, ...(await volumesOf(held)).map(({ VolumeId = '' }) => VolumeId)];
    await lab.ec2(motoHome).send(new CreateTagsCommand({ Resources, Tags: over }));
    expect((await sweep('late')).removed).toContainEqual(expect.objectContaining({ kind: 'instance', id }));
    expect(await estateOf(lab, 'forgotten')).toMatchObject({ ...emptyEstate, launched: 1 });
  },
);

test('no function made a call that its role does not allow', () => {
  expect(refusedCalls(lab)).toEqual([]);
  const ofDisks = ['createSnapshots', 'awaitSnapshots', 'registerImage', 'importSnapshot', 'awaitImport'];
  const ofVariants = ['awaitVariants', 'awaitOthers'];
  expect([...lab.layer.seen.keys()]).toEqual(expect.arrayContaining([...ofDisks, ...ofVariants]));
});
