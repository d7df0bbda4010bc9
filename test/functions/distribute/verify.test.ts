// Which key encrypts what, from the source image to what is published.
import { readFileSync } from 'node:fs';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createSimulation, type Simulation } from '../../../simulator/pipeline/simulation.ts';
import { addSource, keysIn, ownSource } from '../../support/disks.ts';
import { build, leftIn, nothing, pipeline, recipe, statesEntered, type Setting } from '../../support/pipeline.ts';

const consumer = '444455556666';
const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };

test.each<[string, { device: string; key?: string }]>([
  ['plain', { device: '/dev/sdf' }],
  ['under another key', { device: '/dev/sdf', key: 'alias/other' }],
])('a second disk of the source that is %s goes under the key of the home target', async (_, second) => {
  const distribute = [{ region: 'us-east-1', kmsKey: 'alias/golden', accounts: [consumer] }];
  const simulation = pipeline({ changes: { builder, source: ownSource, distribute } });
  addSource(simulation, [{ device: '/dev/xvda' }, second]);
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  const { arn } = simulation.cloud.keys.get('us-east-1')!.get('alias/golden')!;
  expect(keysIn(simulation, 'us-east-1')).toEqual({ '/dev/xvda': arn, '/dev/sdf': arn });
});

/** A build of README.md's example of a recipe, shared in both its regions, in an account with some settings. */
async function sampleIn(encryption: object[]) {
  const [, text = ''] = /```yaml\n([^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const document = parse(text) as { name: string; distribute: object[] };
  const distribute = document.distribute.map((target) => ({ ...target, accounts: [consumer] }));
  const catalog = { recipes: { [document.name]: { ...document, distribute } }, scripts: {}, version: '1.0.0' };
  const keys = ['us-east-1', 'eu-west-1'].map((region) => ({ region, alias: 'alias/ebs' }));
  const simulation = createSimulation({ catalog, scenario: { encryption, keys } });
  return { simulation, execution: await build(simulation, { recipe: document.name }) };
}

test('the sample recipe is refused in its first state where EBS encrypts by default, with both its targets', async () => {
  const { simulation, execution } = await sampleIn([{}]);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toMatch(/distribute\[0\]: is shared, .*EBS encrypts every new volume in us-east-1.*kmsKey$/m);
  expect(execution.cause).toMatch(/distribute\[1\]: is shared, .*AWS-managed key of eu-west-1.*kmsKey$/m);
  expect(statesEntered(execution)).not.toContain('Launch');
  expect(simulation.cloud.calls.map(({ action }) => action)).not.toContain('RunInstances');
});

test('the sample recipe is published where EBS encrypts by default under a key that can be shared', async () => {
  const { execution } = await sampleIn([
    { region: 'us-east-1', key: 'alias/ebs' },
    { region: 'eu-west-1', key: 'alias/ebs' },
  ]);
  expect(execution).toMatchObject({ status: 'SUCCEEDED' });
});

test.each<[string, Setting, RegExp]>([
  [
    'a parent that is encrypted, shared to another region without a key',
    {
      changes: {
        builder,
        source: ownSource,
        distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', accounts: [consumer] }],
      },
    },
    /distribute\[1\]: is shared, .*key of eu-west-1.*: \/dev\/xvda of the source ami-\w+ is encrypted, and the copy/,
  ],
  [
    'a key that is disabled',
    { scenario: { keys: [{ region: 'eu-west-1', alias: 'alias/golden-eu', state: 'disabled' }] } },
    /distribute\[1\]\.kmsKey: alias\/golden-eu in eu-west-1 is Disabled: nothing can be encrypted with it/,
  ],
  [
    'an alias whose key the pipeline may not see',
    {
      scenario: { api: [{ action: 'kms:DescribeKey', region: 'eu-west-1', times: 9, error: 'AccessDeniedException' }] },
    },
    /distribute\[1\]\.kmsKey: KMS in eu-west-1 does not let the pipeline see which key alias\/golden-eu is/,
  ],
])('refused before anything is made: %s', async (_, setting, said) => {
  const simulation = pipeline(setting);
  addSource(simulation, [{ device: '/dev/xvda', key: 'alias/golden' }]);
  const before = leftIn(simulation);
  const { error, cause } = await build(simulation);
  expect({ error, cause }).toEqual({ error: 'RecipeInvalid', cause: expect.stringMatching(said) });
  expect(leftIn(simulation)).toEqual(before);
  expect(before).toMatchObject({ ...nothing, images: expect.anything(), snapshots: expect.anything() });
});

/** A build in which something comes out under another key, with what is left of it and how long Verify took. */
async function wronglyKeyed(setting: Setting, meddle: (simulation: Simulation) => void = () => undefined) {
  const simulation = pipeline(setting);
  meddle(simulation);
  const { error, cause = '', history } = await build(simulation);
  const entered = (name: string) =>
    history.find(({ stateEnteredEventDetails }) => (stateEnteredEventDetails as { name?: string })?.name === name);
  const seconds = (Number(entered('Compensate')?.timestamp) - Number(entered('Verify')?.timestamp)) / 1000;
  const granted = simulation.cloud.calls.filter(({ action, params }) => {
    const { LaunchPermission, CreateVolumePermission } = params as Record<string, object | undefined>;
    return /^Modify(Image|Snapshot)Attribute$/.test(action) && (LaunchPermission ?? CreateVolumePermission);
  });
  return { error, cause, seconds, granted: granted.map(({ region }) => region), left: leftIn(simulation), simulation };
}

test('a copy that comes out under another key is shared with nobody, and fails the build at once', async () => {
  const images = [{ region: 'eu-west-1', name: 'base-*', key: 'alias/aws/ebs' }];
  const { error, cause, seconds, granted, left, simulation } = await wronglyKeyed({ scenario: { images } });
  const asked = simulation.cloud.keys.get('eu-west-1')!.get('alias/golden-eu')!.arn;
  expect(error).toBe('TargetsIncomplete');
  expect(cause).toMatch(
    new RegExp(
      `eu-west-1: .*snap-\\w+ \\(/dev/xvda of ami-\\w+\\) is encrypted with arn:aws:kms:eu-west-1:\\S+, not with alias/golden-eu \\(${asked}\\) as asked; .*built again`,
    ),
  );
  expect(granted).not.toContain('eu-west-1');
  expect(seconds).toBeLessThan(30);
  expect(left).toEqual(nothing);
});

test('an alias that moves while the image is made is caught at home, too', async () => {
  const { cause, error, granted, left } = await wronglyKeyed({}, (simulation) => {
    const { keys } = simulation.cloud;
    const moved = simulation.cloud.addKey('us-east-1', 'alias/moved');
    simulation.stepFunctions.onEvent((_, event) => {
      if ((event['stateEnteredEventDetails'] as { name?: string } | undefined)?.name === 'CreateImage')
        keys.get('us-east-1')?.set('alias/golden', moved);
    });
  });
  expect(error).toBe('TargetsIncomplete');
  expect(cause).toMatch(
    /us-east-1: .*snap-\w+ \(\/dev\/xvda of ami-\w+\) is encrypted with \S+, not with alias\/golden \(/,
  );
  expect(granted).not.toContain('us-east-1');
  expect(left).toEqual(nothing);
});

test('a key that KMS stops showing ends the build in Verify with the refused action, its code and what to do', async () => {
  const call = ({ by, action, region }: InterferedCall) =>
    by === 'Verify' && action === 'DescribeKey' && region === 'us-east-1'
      ? { error: 'AccessDeniedException', message: 'no', effect: false }
      : undefined;
  const { error, cause, seconds, left } = await wronglyKeyed({ interfere: { call } });
  expect(error).toBe('TargetsIncomplete');
  expect(cause).toMatch(
    /us-east-1: .*KMS does not show whether alias\/golden encrypts snap-.*; allow kms:DescribeKey in the key's policy.* It refused kms:DescribeKey of alias\/golden in us-east-1: AccessDeniedException: no, request /,
  );
  expect(seconds).toBeLessThan(30);
  expect(left).toEqual(nothing);
});
