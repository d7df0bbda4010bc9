import { join } from 'node:path';
import { createSimulation } from '../../simulator/pipeline/simulation.ts';
import type { Deployment } from '../deployed/deployment.ts';
import { readRecipeFolder } from '../recipes/recipe-folder.ts';

const recipe = 'al2023-base';
const day = 24 * 3600;

/** The places where builds are stopped, each in an execution of this name. */
const stopped: Record<string, string> = { early: 'AwaitImage', late: 'Verify', lately: 'AwaitImage' };

/**
 * A simulated AWS in which builds died unnoticed. They left the same things that real builds would leave. Beside them are a
 * published image and a running build.
 */
export async function exampleEstate(region: string): Promise<{ deployment: Deployment; story: string }> {
  const { catalog } = await readRecipeFolder(join(process.env['GOLDEN_ROOT'] ?? '.', 'examples'), { home: region });
  const simulation = createSimulation({
    catalog,
    region,
    scenario: { rates: { eventsLost: 1 } },
    interfere: { enter: (state, _visit, { execution }) => (stopped[execution.name] === state ? 'ABORTED' : undefined) },
  });
  const start = (name: string) => simulation.start({ recipe, force: true }, name); // else the published image is up to date
  const build = (name: string) => simulation.finish(start(name));
  for (const name of ['published', 'early', 'late']) await build(name);
  await simulation.pass(5 * day);
  await build('lately');
  await simulation.pass(3 * day);
  start('under-way');
  await simulation.pass(200);
  return {
    story: [
      `On a simulated AWS ${recipe} was built and published. Two more builds of it were stopped, one while its image was made`,
      `and one after its copies were made, and the events that tell of that got lost, so nobody undid them. Five days later`,
      `that happened once more. Now it is the eighth day, another build is under way, and the sweep comes.`,
    ].join(' '),
    deployment: {
      start: async (_machine, input) => simulation.sweep(input as { dryRun: boolean }),
      ended: (execution) => simulation.finish(execution),
    },
  };
}
