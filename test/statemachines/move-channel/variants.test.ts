import { expect, test } from '@jest/globals';
import { keyOf } from '../../../core/memory/documents.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { arm, channelsIn, everywhere, intel, varied, variedPipeline } from '../../support/variants.ts';

const armSource = varied.source.parameter.replace('x86_64', 'arm64');

/** Builds all variants, after the sources of some were updated. Returns the id of the build. */
async function build(simulation: Simulation, ...sources: string[]): Promise<string> {
  for (const source of sources) simulation.sourceUpdated(source);
  const { output = '' } = await simulation.finish(simulation.start({ recipe: 'base' }));
  await simulation.pass(3600);
  return (JSON.parse(output) as { build: string }).build;
}

const move = (simulation: Simulation, input: object) => simulation.finish(simulation.move({ recipe: 'base', ...input }));

/** Leaves what many starts leave that find each variant up to date or fail, after a build: the document of their variants. */
function startInVain(simulation: Simulation, build: string, kept: Record<string, string>) {
  const first = keyOf({ recipe: 'base', build }, 'variants');
  const { objects } = simulation.cloud.world.buckets.get(simulation.bucket)!;
  for (let count = 0; count < 70; count++) {
    const later = `20991231-000000-${String(count).padStart(4, '0')}`;
    const variants = Object.entries(kept).map(([name, published]) => [name, { execution: 'later', progress: 'up-to-date', published }]);
    const whole = { schema: 1, recipe: 'base', build: later, execution: 'later', variants: Object.fromEntries(variants), ...(count % 2 && { abandoned: 'it failed' }) };
    objects.set(first.replace(build, later), { ...objects.get(first)!, body: Buffer.from(JSON.stringify(whole)) });
  }
}

/** The moves of both channels, by what decides them. */
const historyOf = (simulation: Simulation, channel: string) =>
  [arm, intel].map((recipe) => simulation.read({ recipe, channel }, 'channel')?.moves ?? []);

test('the variants of a recipe are rolled back, promoted, revoked and restored together', async () => {
  const simulation = variedPipeline();
  const one = await build(simulation);
  const two = await build(simulation, varied.source.parameter, armSource);
  // Only one variant has a newer source, and the other keeps the image of the build before.
  const three = await build(simulation, varied.source.parameter);
  expect(channelsIn(simulation)).toEqual({ ...everywhere(two), [intel]: everywhere(three)[intel] });
  startInVain(simulation, three, { [intel]: three, [arm]: two });

  const promoted = await move(simulation, { verb: 'promote', channel: 'prod' });
  expect(JSON.parse(promoted.output ?? '{}')).toMatchObject({
    whole: { recipe: 'base', build: three },
    moves: [{ recipe: arm, move: { to: { build: two } } }, { recipe: intel, move: { to: { build: three }, decidedBy: { recipe: arm } } }],
  });
  expect(historyOf(simulation, 'prod').map((moves) => moves.map(({ to }) => to.build))).toEqual([[two], [three]]);

  await move(simulation, { verb: 'rollback' });
  expect(channelsIn(simulation)).toEqual(everywhere(two));
  await move(simulation, { verb: 'rollback' });
  expect(channelsIn(simulation)).toEqual(everywhere(one));
  expect(await move(simulation, { verb: 'rollback' })).toMatchObject({
    error: 'MoveRefused',
    cause: expect.stringContaining('there is no build that all variants of base can be rolled back to'),
  });
  await move(simulation, { verb: 'promote', channel: 'stable', build: three });
  expect(channelsIn(simulation)).toEqual({ ...everywhere(two), [intel]: everywhere(three)[intel] });
  expect(await move(simulation, { verb: 'promote', channel: 'stable', build: three })).toMatchObject({
    error: 'MoveRefused',
    cause: expect.stringContaining(`all variants hold their images of ${three} already`),
  });

  // The newest build made one image, and only that one is revoked. The channels pass over the build that was rolled back from.
  const newest = await move(simulation, { verb: 'revoke', build: three, why: 'CVE-2026-1' });
  expect(JSON.parse(newest.output ?? '{}').builds).toMatchObject([{ recipe: intel, build: three }]);
  expect(channelsIn(simulation)).toEqual(everywhere(one));
  await move(simulation, { verb: 'promote', channel: 'stable', build: two });
  const both = await move(simulation, { verb: 'revoke', build: two, why: 'CVE-2026-1' });
  expect(JSON.parse(both.output ?? '{}').builds).toMatchObject([{ recipe: intel, build: two }, { recipe: arm, build: two }]);
  expect(channelsIn(simulation)).toEqual(everywhere(one));
  expect(await move(simulation, { verb: 'promote', channel: 'stable', build: two })).toMatchObject({
    error: 'MoveRefused',
    cause: expect.stringMatching(/none moves alone:\nbase-x86_64: .* was revoked .*\nbase-arm64: .* was revoked/),
  });
  await move(simulation, { verb: 'restore', build: two });
  const states = [intel, arm].map((recipe) => simulation.read({ recipe, build: two }, 'revocation')?.state);
  expect(states).toEqual(['restored', 'restored']);
  await move(simulation, { verb: 'promote', channel: 'stable', build: two });
  expect(channelsIn(simulation)).toEqual(everywhere(two));

  // One variant may go alone if it is named, and comes back to the others with the next move of all.
  await simulation.finish(simulation.move({ recipe: arm, verb: 'rollback' }));
  expect(channelsIn(simulation)).toEqual({ ...everywhere(two), [arm]: everywhere(one)[arm] });
  expect(await move(simulation, { verb: 'promote', channel: 'prod' })).toMatchObject({
    error: 'MoveRefused',
    cause: expect.stringContaining(`base-x86_64 holds ${two}, base-arm64 holds ${one}; name a build`),
  });
  await move(simulation, { verb: 'rollback' });
  expect(channelsIn(simulation)).toEqual(everywhere(one));
});
