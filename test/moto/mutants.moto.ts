import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bakeOnMoto, expectPublished, motoRecipe } from './bakes.ts';
import { dist, openLab, type Lab, type Setup } from './lab.ts';

// Whether the suite would notice: each test breaks one thing in a copy of the bundles or of the definition and runs what
// build.moto.ts expects to pass. The same recipe passes unbroken, which the first test shows.
let lab: Lab;
beforeAll(async () => {
  lab = await openLab();
});
afterAll(() => lab.stop());

/** A copy of a bundle with one change, which must hit. */
function broken(functionKey: string, from: RegExp, to: string): Setup {
  const folder = join(dist, `../broken-${functionKey}`);
  cpSync(join(dist, functionKey), folder, { recursive: true });
  const hits = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(new RegExp(from, 'g'))].map(() => ({ file, text }));
  });
  expect(hits).toHaveLength(1);
  for (const { file, text } of hits) writeFileSync(file, text.replace(from, to));
  return { bundles: { [functionKey]: folder } };
}

const redefined = (from: string, to: string): Setup => ({
  definition(text) {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  },
});

async function publish(name: string, setup: Setup = {}): Promise<void> {
  await expectPublished(lab, name, await bakeOnMoto(lab, name, { recipe: motoRecipe(name) }, setup));
}

test.concurrent('an unbroken build passes what the broken ones below are put to', async () => {
  const baked = await bakeOnMoto(lab, 'unbroken', { recipe: motoRecipe('unbroken') });
  await expectPublished(lab, 'unbroken', baked);
  expect(baked.missed).toEqual([]);
});

test.concurrent('a wrong parameter name in an SDK call is caught, though EC2 takes the call', async () => {
  const setup = broken('grantPermissions', /,LaunchPermission:(\w+)\}/, ',LaunchPermissions:$1}');
  // What is not shared is looked at again for minutes, as it may only show late; here the first look has to do.
  const impatient = redefined('"patienceSeconds": 300', '"patienceSeconds": 0');
  await expect(publish('parameter', { ...setup, ...impatient })).rejects.toThrow(
    /is not shared with 111122223333[\s\S]*TargetsIncomplete/,
  );
});

test.concurrent('a wait that does not wait is caught: EC2 launches nothing from an image that is pending', async () => {
  const setup = broken('awaitImage', /\w+\?\.state==="available"/, 'true');
  // What EC2 does not know yet is asked again for minutes; here one more time has to do. AwaitCopy looks at the same image.
  const impatient = redefined('"MaxAttempts": 20', '"MaxAttempts": 1');
  await expect(publish('impatient', { ...setup, ...impatient, faults: { takes: { image: 60 } } })).rejects.toThrow(
    /LaunchCandidate[\s\S]*InvalidAMIID.Unavailable/,
  );
});

test.concurrent('a wake that looks for the wrong key of an event is caught: heartbeats end the waits', async () => {
  const setup = broken('wake', /\["instance-id"\]/, '["instanceId"]');
  const baked = await bakeOnMoto(lab, 'deaf', { recipe: motoRecipe('deaf') }, setup);
  await expectPublished(lab, 'deaf', baked);
  expect(baked.missed).toEqual(['Seal']);
});

test.concurrent(
  'a wrong error name in a Retry is caught: the first heartbeat that is missed ends the build',
  async () => {
    const setup = redefined('["States.HeartbeatTimeout", "States.Timeout"]', '["HeartbeatTimeout"]');
    await expect(publish('retry-name', { ...setup, faults: { loseEvents: true } })).rejects.toThrow(
      /States.(Heartbeat)?Timeout/,
    );
  },
);

test.concurrent('a wrong error name in a Catch is caught: one failed target ends all the others', async () => {
  const from = '"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "TargetFailed"';
  const setup = redefined(from, from.replace('States.ALL', 'CopyFailure'));
  const distribute = motoRecipe('').distribute.map((target) => ({
    ...target,
    required: target.region !== 'eu-west-1',
  }));
  const document = motoRecipe('catch-name', { distribute });
  const baked = bakeOnMoto(
    lab,
    'catch-name',
    { recipe: document },
    { ...setup, faults: { failCopyTo: ['eu-west-1'] } },
  );
  await expect(
    baked.then((one) => expectPublished(lab, 'catch-name', one, ['us-east-1', 'ap-southeast-2'])),
  ).rejects.toThrow(/CopyFailed/);
});
