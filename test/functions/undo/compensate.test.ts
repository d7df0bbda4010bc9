import { expect, test } from '@jest/globals';
import { build, leftIn, nothing, onlyManifest, pipeline } from '../../support/pipeline.ts';

test('what cannot be undone is told', async () => {
  const api = [
    { action: 'ec2:DeregisterImage', region: 'eu-west-1', error: 'UnauthorizedOperation', message: 'no' },
    { action: 'ssm:PutParameter', error: 'AccessDeniedException', message: 'no' },
  ];
  const simulation = pipeline({ scenario: { api } });
  const execution = await build(simulation);
  expect(execution.cause).toMatch(/LEFT BEHIND: ami-\w+ in eu-west-1: .*DeregisterImage/);
  expect(onlyManifest(simulation)?.failure?.left).toEqual([
    expect.stringContaining('ec2:DeregisterImage'),
    expect.stringMatching(/^snapshot snap-\w+ in eu-west-1: ami-\w+ needs it$/),
  ]);
  const seconds = ((execution.stopDate?.getTime() ?? 0) - execution.startDate.getTime()) / 1000;
  expect(seconds).toBeLessThan(1800); // what is refused now is refused later: nobody waits hours for it
  expect(leftIn(simulation)).toMatchObject({ images: ['eu-west-1 available'], instances: [], channels: {} });
});

test('what a look removed is told, although AWS throttled the rest of the same look', async () => {
  const api = [
    { action: 'ssm:PutParameter', error: 'AccessDeniedException', message: 'no' },
    { action: 'ec2:DeleteSnapshot', region: 'eu-west-1', times: 12, error: 'RequestLimitExceeded' },
  ];
  const simulation = pipeline({ scenario: { api } });
  await build(simulation);
  expect(simulation.cloud.idleRules()).toEqual([]);
  const { undone = [], left } = onlyManifest(simulation)?.failure ?? {};
  expect(left).toEqual([]);
  for (const what of [/^deregistered ami-\w+ in eu-west-1$/, /^deleted snapshot snap-\w+ in eu-west-1$/])
    expect(undone).toContainEqual(expect.stringMatching(what));
  expect(leftIn(simulation)).toEqual(nothing);
});

test('a copy that comes to light after everything else is gone is removed as well', async () => {
  const simulation = pipeline({
    scenario: { api: [{ action: 'ec2:CopyImage', region: 'eu-west-1', error: 'UnauthorizedOperation', after: true }] },
  });
  const describe = simulation.cloud.services.ec2['DescribeImages'];
  let hiddenUntil = Infinity;
  simulation.cloud.services.ec2['DescribeImages'] = (input, from) => {
    const answer = describe?.(input, from) as { Images: unknown[] };
    if (from.region !== 'eu-west-1') return answer;
    hiddenUntil = Math.min(hiddenUntil, simulation.clock.now() + 300_000);
    return simulation.clock.now() < hiddenUntil ? { ...answer, Images: [] } : answer;
  };
  expect((await build(simulation)).status).toBe('FAILED');
  expect(leftIn(simulation)).toEqual(nothing);
});
