import { describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brisk } from '../../support/deployed.ts';
import { build, caller, home, imageIn, leftIn, manifestIn, pipeline, regions } from '../../support/pipeline.ts';

/** Every `Image Published` that reaches the default bus. */
function heard({ cloud }: Simulation): Record<string, unknown>[] {
  const events: Record<string, unknown>[] = [];
  cloud.events.onEvent((event) => {
    if (event['detail-type'] === 'Image Published') events.push({ ...event });
  });
  return events;
}

/** What the versions of the channel's parameter say, oldest first. */
const versions = ({ cloud }: Simulation, region: string): string[] => {
  const Name = '/golden/base/stable';
  const answer = cloud.services.ssm['GetParameterHistory']?.({ Name }, { ...caller, region });
  return (answer as { Parameters: { Description: string }[] }).Parameters.map(({ Description }) => Description);
};

describe('what others learn of a published build', () => {
  test('the event names the images, the channel and the manifest', async () => {
    const simulation = pipeline({ scenario: { delays: brisk } });
    const events = heard(simulation);
    const { build: id } = manifestIn(simulation, await build(simulation));
    await simulation.pass(600);
    expect(events).toMatchObject([
      {
        source: 'golden.images',
        detail: {
          id: `base-${id}`,
          images: regions.map((region) => ({
            region,
            ami: imageIn(simulation, region).id,
            parameter: '/golden/base/stable',
          })),
          manifest: expect.stringMatching(new RegExp(`^s3://.+/builds/base/${id}/manifest.json$`)),
        },
      },
    ]);
    for (const region of regions)
      expect(versions(simulation, region)).toEqual([
        `recipe base, build ${id}, image ${imageIn(simulation, region).id}`,
      ]);
  });

  test.each([
    ['for some minutes', 30, []],
    ['for good', Infinity, [expect.stringMatching(/^the event Image Published was not sent: .*InternalException/)]],
  ])('an event that EventBridge does not take %s un-publishes nothing', async (_, calls, left) => {
    const simulation = pipeline({ scenario: { delays: brisk } });
    const events = heard(simulation);
    const { eventbridge } = simulation.cloud.services;
    const put = eventbridge?.['PutEvents'];
    let failed = 0;
    eventbridge!['PutEvents'] = (input, from) => {
      if (failed >= calls) return put?.(input, from);
      failed += 1;
      throw Object.assign(new Error('no'), { name: 'InternalException' });
    };
    const execution = await build(simulation);
    await simulation.pass(600);
    expect(execution.status).toBe('SUCCEEDED');
    const manifest = manifestIn(simulation, execution);
    expect(manifest.status).toBe('published');
    expect(manifest.failure?.left ?? []).toEqual(left);
    expect(events.length).toBe(1 - left.length);
  });

  test('a build that dies after its publish is told by its clean-up', async () => {
    const simulation = pipeline({ scenario: { delays: brisk } });
    const events = heard(simulation);
    const put = simulation.cloud.services.s3['PutObject'];
    simulation.cloud.services.s3['PutObject'] = (input, from) => {
      const { Key } = input as { Key: string };
      if (Key.endsWith('/manifest.json') && events.length === 0 && !dead) {
        dead = true;
        throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      }
      return put?.(input, from);
    };
    let dead = false;
    expect((await build(simulation)).status).toBe('FAILED');
    await simulation.pass(3600);
    expect(new Set(events.map(({ detail }) => (detail as { id: string }).id)).size).toBe(1);
  });

  test('a version that is restored says which build it is of', async () => {
    const simulation = pipeline({ scenario: { delays: brisk } });
    const first = manifestIn(simulation, await build(simulation)).build;
    const before = leftIn(simulation).channels;
    const put = simulation.cloud.services.s3['PutObject'];
    simulation.cloud.services.s3['PutObject'] = (input, from) => {
      if ((input as { Body: string }).Body.includes('"complete": true'))
        throw Object.assign(new Error('no'), { name: 'AccessDenied' });
      return put?.(input, from);
    };
    expect(await build(simulation, { recipe: 'base', force: true })).toMatchObject({ error: 'AwsRefused' });
    const [one, two, three] = versions(simulation, home);
    const what = `recipe base, build ${first}, image ${before[home]}`;
    expect([one, three]).toEqual([what, `${what}; restored: the build that moved it did not complete`]);
    expect(two).not.toContain(first);
  });
});
