import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Listed } from '../../cli/deployed/list.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import { bakeOnMoto, bakeHappily, expectPublished, expectUndone, bakedOf, motoRecipe } from './bakes.ts';
import { estateOf, parameterIn, motoRegions, imageSharing, tagsOfImage } from './estate.ts';
import { motoHome, openLab, type Lab } from './lab.ts';
import { refusedCalls } from './roles.ts';

// One moto, one set of warm functions; every scenario has a state machine and a recipe name of its own, and what goes
// wrong in it reaches only its own executions. They wait for heartbeats most of the time, so they run side by side.
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
  await lab.makeRegionStack('eu-west-1');
});
afterAll(() => lab.stop());

test.concurrent(
  'al2023-base is baked, checked, copied to three regions, shared and published, and leaves no instance',
  async () => {
    const { launched, missed } = await bakeHappily(lab, 'happy', { faults: { takes: { image: 4, copy: 4 } } });
    expect(launched).toBe(2); // builder and candidate, no more
    // Events end every wait. Only the region without a stack sends none, so AwaitCopy itself looks there again.
    expect(missed).toEqual(['AwaitCopy']);
  },
);

test.concurrent('a build completes though EventBridge loses all its events', async () => {
  const document = motoRecipe('events-lost', { distribute: motoRecipe('').distribute.slice(0, 2) });
  const setup = {
    faults: { loseEvents: true, takes: { image: 3, copy: 3 } },
    // The deployed heartbeats of these waits are minutes.
    definition: (text: string) => text.replaceAll(/"HeartbeatSecondsPath": "[^"]*"/g, '"HeartbeatSeconds": 8'),
  };
  const baked = await bakeOnMoto(lab, 'events-lost', { recipe: document }, setup);
  await expectPublished(lab, 'events-lost', baked, [motoHome, 'eu-west-1']);
  expect(new Set(baked.missed)).toEqual(new Set(['Seal', 'AwaitImage', 'AwaitCopy']));
});

test.concurrent('a provisioning step that fails leaves nothing behind and its last words in the manifest', async () => {
  const noise = 'downloading a package\n'.repeat(2000); // more than SSM answers with: the end is in the bucket only
  const faults = {
    command: (comment: string) =>
      comment.includes('harden')
        ? { exitCode: 17, stdout: `${noise}E: no such package`, stderr: 'it is a pity\n' }
        : undefined,
  };
  const steps = [
    { name: 'patch', run: 'dnf -y upgrade' },
    { name: 'harden', run: 'exit 17' },
  ];
  const baked = await bakeOnMoto(
    lab,
    'provision-fails',
    { recipe: motoRecipe('provision-fails', { provision: steps }) },
    { faults },
  );
  await expectUndone(lab, 'provision-fails', baked, 'ProvisionFailed');
  expect(baked.manifest?.failure?.cause).toMatch(
    /"harden".*exit code 17[\s\S]*it is a pity[\s\S]*E: no such package\n--- all of it: s3:\/\//,
  );
  expect(baked.entered).not.toContain('CreateImage');
});

test.concurrent(
  'a copy that fails in a required region publishes nothing anywhere and takes every copy away',
  async () => {
    const baked = await bakeOnMoto(
      lab,
      'copy-fails',
      { recipe: motoRecipe('copy-fails') },
      { faults: { failCopyTo: ['eu-west-1'] } },
    );
    await expectUndone(lab, 'copy-fails', baked, 'TargetsIncomplete');
    expect(baked.manifest?.targets.map(({ region, status }) => [region, status])).toEqual([
      ['us-east-1', 'skipped'],
      ['eu-west-1', 'failed'],
      ['ap-southeast-2', 'skipped'],
    ]);
    expect(baked.entered).not.toContain('Publish');
  },
);

test.concurrent(
  'a copy that fails in a region that is not required is taken away, and the others are published',
  async () => {
    const distribute = motoRecipe('').distribute.map((target) => ({
      ...target,
      required: target.region !== 'eu-west-1',
    }));
    const document = motoRecipe('copy-optional', { distribute });
    const baked = await bakeOnMoto(
      lab,
      'copy-optional',
      { recipe: document },
      { faults: { failCopyTo: ['eu-west-1'] } },
    );
    const estate = await expectPublished(lab, 'copy-optional', baked, ['us-east-1', 'ap-southeast-2']);
    expect(estate.snapshots['eu-west-1']).toBeUndefined();
    expect(baked.manifest?.targets.find(({ region }) => region === 'eu-west-1')).toMatchObject({
      status: 'failed',
      ami: null,
      error: expect.stringContaining('CopyFailed'),
    });
  },
);

test.concurrent('a build whose every fourth EC2 call is throttled is published all the same', async () => {
  const baked = await bakeOnMoto(
    lab,
    'throttled',
    { recipe: motoRecipe('throttled') },
    { faults: { throttleEvery: 4 } },
  );
  await expectPublished(lab, 'throttled', baked);
  expect(lab.layer.throttled.get('throttled')).toBeGreaterThan(5);
});

test.concurrent(
  'a check that fails on the candidate undoes the copies beside it before anybody may launch one',
  async () => {
    const faults = {
      command: (comment: string) =>
        comment.includes('/check/') ? { exitCode: 1, stdout: 'inactive\n', stderr: '' } : undefined,
    };
    const baked = await bakeOnMoto(lab, 'check-fails', { recipe: motoRecipe('check-fails') }, { faults });
    await expectUndone(lab, 'check-fails', baked, 'CheckFailed');
    expect(baked.manifest?.failure?.cause).toContain('inactive');
    for (const state of ['Grant', 'GrantPermissions', 'Publish']) expect(baked.entered).not.toContain(state);
  },
);

test.concurrent('an image for which no candidate can be launched is kept for a week, unpublished', async () => {
  const refuse = { functionKey: 'launchCandidate', action: 'RunInstances' };
  const baked = await bakeOnMoto(lab, 'unjudged', { recipe: motoRecipe('unjudged') }, { faults: { refuse } });
  expect(baked.entered).toContain('KeepUnjudged');
  expect(baked.manifest).toMatchObject({ status: 'failed', failure: { left: [] } });
  const { images, living } = await estateOf(lab, 'unjudged');
  expect(living).toEqual([]);
  const [made = {}] = images[motoHome] ?? [];
  const expires = tagsOfImage(made)['golden:expires'];
  expect(expires).toMatch(/^\d{4}-/);
  expect(baked.manifest?.failure?.kept).toContainEqual(expect.objectContaining({ ami: made.ImageId, expires }));
  expect(await parameterIn(lab, '/golden/unjudged/stable')).toEqual({});
});

test.concurrent(
  'a source image of another owner is refused and nothing is launched, whatever it is called',
  async () => {
    const lookalike = await lab
      .ec2(motoHome)
      .send(new RegisterImageCommand({ Name: 'al2023-ami-2099.1.20990101.0-kernel-6.1-x86_64' }));
    const ami = motoRecipe('wrong-owner', { source: { ami: lookalike.ImageId, owner: 'amazon' } });
    const refused = await bakeOnMoto(lab, 'wrong-owner', { recipe: ami });
    await expectUndone(lab, 'wrong-owner', refused, 'SourceNotTrusted');
    expect(refused.entered).not.toContain('Launch');
    expect((await estateOf(lab, 'wrong-owner')).launched).toBe(0);

    // by name and owner, the newer image of the same name is not even considered
    const filter = { name: 'al2023-ami-*', architecture: 'x86_64' };
    const wanted = motoRecipe('right-owner', {
      source: { filter, owner: 'amazon' },
      distribute: [{ region: motoHome }],
    });
    const baked = await bakeOnMoto(lab, 'right-owner', { recipe: wanted });
    await expectPublished(lab, 'right-owner', baked, [motoHome]);
    expect(baked.manifest?.source).toMatchObject({ owner: '137112412989', region: motoHome });
  },
);

test.concurrent(
  'a build that is killed after CreateImage and started again adopts its image and makes no twin; the next is up to date',
  async () => {
    const document = motoRecipe('killed');
    const machine = await lab.deploy('killed', { faults: { takes: { image: 3600 } } }); // there is time to kill it
    const first = await lab.start(machine, 'first', { recipe: document });
    await lab.reach(first, 'AwaitImage');
    await lab.sfn.send(new StopExecutionCommand({ executionArn: first, error: 'Killed' }));
    expect((await lab.finish(first)).status).toBe('ABORTED');
    const { images } = await estateOf(lab, 'killed');
    const [made] = images[motoHome] ?? [];
    const build = made?.Tags?.find(({ Key }) => Key === 'golden:build')?.Value ?? '';

    lab.layer.plan('killed', {});
    const input = { recipe: document, build };
    const baked = await bakedOf(lab, await lab.start(machine, 'second', input), input);
    const estate = await expectPublished(lab, 'killed', baked);
    expect(estate.images[motoHome]?.[0]?.ImageId).toBe(made?.ImageId);
    expect(Object.values(estate.snapshots).map((ids) => ids.length)).toEqual(motoRegions.map(() => 1));
    expect(estate.launched).toBe(2); // the first run's builder and one candidate
    for (const state of ['Launch', 'Provision', 'CreateImage']) expect(baked.entered).not.toContain(state);

    // what is published is up to date: the next start makes nothing, and tells of the same image
    const next = { recipe: document };
    const upToDate = await bakedOf(lab, await lab.start(machine, 'third', next), next);
    expect(upToDate).toMatchObject({ status: 'SUCCEEDED', manifest: { status: 'up-to-date' } });
    expect(upToDate.manifest?.targets).toEqual(baked.manifest?.targets);
    expect(upToDate.entered).toEqual(['Begin', 'Resolve', 'IsUpToDate', 'RecordUpToDate', 'UpToDate']);
    expect((await estateOf(lab, 'killed')).launched).toBe(2);
  },
);

test.concurrent(
  "an image that is kept is nobody else's and has an end, and is published when it is gone on with",
  async () => {
    const document = motoRecipe('kept', { onFailure: 'keep-image' });
    const machine = await lab.deploy('kept', { faults: { failCopyTo: ['eu-west-1'] } });
    const failed = await bakedOf(lab, await lab.start(machine, 'first', { recipe: document }), { recipe: document });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TargetsIncomplete' });
    const { images, living } = await estateOf(lab, 'kept');
    expect(living).toEqual([]);
    expect(Object.keys(images)).toEqual([motoHome, 'ap-southeast-2']);
    const [made = {}] = images[motoHome] ?? [];
    const expires = tagsOfImage(made)['golden:expires'];
    expect(await imageSharing(lab, motoHome, made)).toEqual({ launch: [], volume: [] });
    expect(failed.manifest?.failure).toMatchObject({ left: [], kept: [{ ami: made.ImageId, expires }, { expires }] });
    expect(failed.cause).toContain(`kept until ${expires}: ${made.ImageId} in ${motoHome}`);

    lab.layer.plan('kept', {});
    const input = { recipe: document, build: failed.build };
    const baked = await bakedOf(lab, await lab.start(machine, 'second', input), input);
    const estate = await expectPublished(lab, 'kept', baked);
    expect(estate.images[motoHome]?.[0]?.ImageId).toBe(made.ImageId);
    for (const [image = {}] of Object.values(estate.images))
      expect(tagsOfImage(image)).not.toHaveProperty('golden:expires');
    expect(await imageSharing(lab, motoHome, made)).toEqual({ launch: ['111122223333'], volume: ['111122223333'] });
    for (const state of ['Launch', 'CreateImage']) expect(baked.entered).not.toContain(state);
    expect(baked.entered).toContain('Check');
  },
);

test.concurrent('golden builds with a deployed pipeline over the wire, lists, tells and cancels', async () => {
  const document = motoRecipe('by-hand', { distribute: [{ region: motoHome }] });
  const folder = await mkdtemp(join(tmpdir(), 'golden-moto-cli-'));
  const file = join(folder, 'by-hand.yaml');
  await writeFile(file, JSON.stringify(document));
  const where = ['--stage', 'by-hand'];
  await lab.deploy('by-hand', { faults: { takes: { image: 2 } } });

  const built = await lab.golden('build', file, '--json', ...where);
  expect(built).toMatchObject({ exitCode: 0, err: expect.stringMatching(/● AwaitImage (.*\n)*.*✓ CleanUp /) });
  const manifest = JSON.parse(built.out) as Manifest;
  expect(manifest).toMatchObject({ status: 'published', targets: [{ region: motoHome, status: 'published' }] });

  lab.layer.plan('by-hand', { takes: { image: 3600 } }); // there is time to look at it, and to stop it
  const detached = await lab.golden('build', file, '--force', '--detach', '--json', ...where);
  const { build, execution } = JSON.parse(detached.out) as { build: string; execution: string };
  await lab.reach(execution, 'AwaitImage');
  const listed = await lab.golden('list', 'by-hand', '--json', ...where);
  expect((JSON.parse(listed.out) as Listed[]).map((one) => [one.build, one.status, one.by])).toEqual([
    [build, 'running', 'hand'],
    [manifest.build, 'published', 'hand'],
  ]);
  const cancelled = await lab.golden('cancel', 'by-hand', '--reason', 'enough', ...where);
  expect(cancelled).toMatchObject({ exitCode: 0, out: expect.stringContaining(`by-hand-${build} is stopped.`) });
  expect((await lab.finish(execution)).status).toBe('ABORTED'); // moto keeps no cause
  expect(await lab.entered(execution)).not.toContain('LaunchCandidate');

  const told = await lab.golden('logs', manifest.build, ...where);
  expect(told).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/✓ Provision 1\/2 +patch (.*\n)*--- provision patch/),
  });
  const elsewhere = await lab.golden('list', '--region', 'eu-west-1', ...where);
  expect(elsewhere).toMatchObject({ exitCode: 2, err: expect.stringContaining('in eu-west-1; deploy the pipeline') });
  await rm(folder, { recursive: true });
});

test("moto's event buses took every event, and wake failed at none", () => {
  expect([lab.layer.events.refused, lab.unheard]).toEqual([[], []]);
  expect([...lab.layer.events.sent.keys()].toSorted()).toEqual([
    'EC2 AMI State Change',
    'EC2 Command Invocation Status-change Notification',
    'EC2 Instance State-change Notification',
  ]);
});

test('no function made a call that its role does not allow', () => {
  expect(refusedCalls(lab)).toEqual([]);
  // These builds copy into no other account and have no variants. Those of recipes.moto.ts register an image from snapshots.
  const definition = readFileSync('statemachines/build-image.asl.json', 'utf8');
  const named = [...definition.matchAll(/\$\{(\w)(\w+)Arn\}/g)].map(
    ([, first = '', rest]) => first.toLowerCase() + rest,
  );
  const ofBuilds = [...new Set(named)].filter(
    (key) => !/AccountCopy$|IntoAccount$|Snapshots?$|^registerImage$|^await(Import|Others|Variants)$/.test(key),
  );
  expect([...lab.layer.seen.keys()].toSorted()).toEqual([...ofBuilds, 'wake'].toSorted());
});

test('channels of builds that failed were never written', async () => {
  for (const name of ['provision-fails', 'copy-fails', 'check-fails', 'unjudged', 'wrong-owner'])
    expect(await parameterIn(lab, `/golden/${name}/stable`)).toEqual({});
});
