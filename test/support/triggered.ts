// A pipeline with triggers, and recipes small enough to be built often.
import { emptyRecord, type RecipeRecord } from '../../core/build/record.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { SimulationOptions } from '../../simulator/pipeline/simulation-options.ts';
import { brisk, recipe, targets } from './pipeline.ts';

export const al2023 = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';
export const ubuntu = '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id';
export const hour = 3600;
export const day = 24 * hour;
/** The maximum seconds that a build of one region takes here. */
export const buildSeconds = 0.5 * hour;

const { home } = targets;
const { source, builder, publish } = recipe;

/** A one-region recipe that is built when its source is updated. */
export const follower = (name: string, changes: Record<string, unknown> = {}) => ({
  name,
  source,
  builder,
  distribute: [home],
  publish,
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  triggers: { onSourceUpdate: true },
  ...changes,
});
/** A recipe without triggers. */
export function resting(name: string) {
  const { triggers: _, ...rest } = follower(name);
  return rest;
}
export const childOf = (parent: string) => ({ source: { channel: `${parent}/stable` } });

/** A simulation of the recipes with triggers, from 03:00 UTC. The catalog may be changed while time passes. */
export function triggered(
  recipes: { name: string }[],
  options: Partial<SimulationOptions> = {},
): Simulation & { catalog: SimulationOptions['catalog'] } {
  const catalog = {
    recipes: Object.fromEntries(recipes.map((one) => [one.name, one])),
    scripts: {},
    version: '1.0.0',
  };
  const scenario = { delays: brisk, ...(options.scenario as object | undefined) };
  return Object.assign(createSimulation({ catalog, triggers: true, ...options, scenario }), { catalog });
}

/** All automatic starts since a time, as `recipe by what`. */
export const started = ({ starts }: Simulation, since = ''): string[] =>
  starts.filter(({ execution, at }) => execution && at >= since).map(({ recipe: name, by }) => `${name} by ${by}`);

export const skipped = ({ starts }: Simulation): string[] =>
  starts.flatMap(({ recipe: name, skipped: why }) => (why === undefined ? [] : [`${name}: ${why}`]));

export const nowOf = ({ clock }: Simulation): string => new Date(clock.now()).toISOString();

export const recordOf = (simulation: Simulation, name: string): RecipeRecord =>
  simulation.read({ recipe: name }, 'record') ?? emptyRecord();

/** The AMI that a recipe's published image was built from. */
export const builtFrom = (simulation: Simulation, name: string) => recordOf(simulation, name).published?.source;
