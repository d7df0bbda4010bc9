import { expect, test } from '@jest/globals';
import type { InterferedCall } from '../../../simulator/pipeline/interference.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { addSource, keysIn, ownSource } from '../../support/disks.ts';
import { build, imageIn, leftIn, nothing, pipeline, recipe, type Setting } from '../../support/pipeline.ts';

const consumer = '444455556666';
const builder = { ...recipe.builder, rootVolume: { sizeGiB: 8 } };

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

test('a permission that shows late is waited for', async () => {
  const simulation = pipeline();
  const describe = simulation.cloud.services.ec2['DescribeImageAttribute'];
  let blind = 3;
  simulation.cloud.services.ec2['DescribeImageAttribute'] = (input, from) =>
    blind-- > 0 ? { ImageId: (input as { ImageId: string }).ImageId, LaunchPermissions: [] } : describe?.(input, from);
  expect((await build(simulation)).status).toBe('SUCCEEDED');
});

test('an image that somebody makes public while it is built is not published', async () => {
  const simulation = pipeline();
  const modify = simulation.cloud.services.ec2['ModifyImageAttribute'];
  simulation.cloud.services.ec2['ModifyImageAttribute'] = (input, from) => {
    if (from.region === 'us-east-1') imageIn(simulation, 'us-east-1').permissions.push({ Group: 'all' });
    return modify?.(input, from);
  };
  const { error, cause } = await build(simulation);
  expect({ error, cause }).toEqual({
    error: 'TargetsIncomplete',
    cause: expect.stringMatching(/us-east-1: ami-\w+ is public: everyone may launch it/),
  });
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a thousand accounts in every region fit through the machine, also when all of them are wrong', async () => {
  const regions = [...(await import('../../../core/recipe/regions.ts')).knownRegions]
    .filter((region) => !/^(us-gov|cn|eusc)-/.test(region))
    .slice(0, 8);
  const accounts = Array.from({ length: 1000 }, (_, index) => String(300000000000 + index));
  const { builder, ...rest } = recipe;
  const distribute = regions.map((region) => ({ region, accounts }));
  const simulation = pipeline({
    changes: { ...rest, builder: { ...builder, rootVolume: { sizeGiB: 8 } }, distribute },
  });
  simulation.cloud.services.ec2['DescribeImageAttribute'] = (input) => ({
    ImageId: (input as { ImageId: string }).ImageId,
    LaunchPermissions: [],
  });
  const execution = await build(simulation);
  expect(execution).toMatchObject({ error: 'TargetsIncomplete', cause: expect.stringContaining('and 995 more') });
  expect(leftIn(simulation)).toEqual(nothing);
});
