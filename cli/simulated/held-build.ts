import { buildName } from '../../core/build/identity.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';

const step = 'harden';

/** The scenario of an account in which a build fails once. Its rule is heeded only from holdBuild on. */
export const failsOnce = { commands: [{ step, exitCode: 1, stderr: 'no route to the mirror', times: 1 }] };

/** Builds a recipe, which fails at a step and holds its builder. Returns the story. */
export async function holdBuild(simulation: Simulation, recipe: string): Promise<string> {
  simulation.cloud.heedRules(true);
  const input = { recipe, force: true, overrides: { onFailure: 'hold' } };
  const { arn, startDate } = await simulation.finish(simulation.start(input, 'second'));
  const build = buildName({ id: arn, startedAt: startDate.toISOString() });
  return ` Then ${build} failed at "${step}", and holds its builder for an hour (onFailure: hold).`;
}
