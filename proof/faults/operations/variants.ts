// Two variants of a recipe that are built side by side: both are published or none, and nothing is left of a build that is not.
import { buildName } from '../../../core/build/identity.ts';
import { isPublished } from '../../../core/variants/together.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import type { Violation } from '../judge/violation.ts';
import { pipelineAccount, regionsOf, shapeOf, usualShape, variantNames } from '../setting.ts';
import type { OperationRow, OperationTrial } from './operation.ts';
import { ends } from './told.ts';

const start = (simulation: Simulation, input: object) => simulation.start(input);

const building: Omit<OperationRow, 'judge'> = {
  machine: 'build-image',
  builds: [],
  shape: { ...usualShape, targets: usualShape.targets.slice(0, 2), steps: ['run'], checks: 1, past: false },
  input: () => ({ recipe: 'pair' }),
  start,
  hasPlan: false,
  only: /^(Resolve|AwaitVariants|AwaitOthers|Publish)$/,
};

export const variantBuilds: Record<string, OperationRow> = {
  'builds variants': { ...building, judge: judgeVariants },
};

/** The build whose image a channel holds. */
function heldBy({ cloud }: Simulation, recipe: string, region: string): string {
  const { parameters, images } = cloud.world.region(region);
  const ami = parameters.get(`${pipelineAccount} /golden/${recipe}/stable`)?.versions.at(-1)?.value;
  return ami === undefined ? 'nothing' : (images.get(ami)?.tags.get('golden:build') ?? ami);
}

/** Whether the document of a build says that all its variants are published. */
const isDecided = (simulation: Simulation, build: string): boolean => {
  const together = simulation.read({ recipe: 'pair', build }, 'variants');
  return together !== undefined && isPublished(together);
};

function judgeVariants(trial: OperationTrial): Violation[] {
  const { scenario, prepared, executions } = trial;
  const { simulation } = prepared;
  const regions = regionsOf(shapeOf(scenario));
  const found = ends(trial);
  const broken = (what: string) => void found.push({ invariant: 'channel all or nothing', what });
  const begun = executions.map((one) => buildName({ id: one.arn, startedAt: one.startDate.toISOString() }));
  const wanted = begun.some((build) => isDecided(simulation, build));
  for (const recipe of variantNames) {
    const held = regions.map((region) => heldBy(simulation, recipe, region));
    const [build = 'nothing'] = held;
    // A second build may have published anew what a variant had to do, and found the other one up to date.
    if (held.some((one) => one !== build) || (build === 'nothing') === wanted)
      broken(`the channels of ${recipe} hold ${held.join(', ')}`);
    if (build !== 'nothing' && !isDecided(simulation, build))
      broken(`${recipe} holds ${build}, which is not published`);
  }
  for (const region of regions) {
    const { instances, volumes, images, snapshots } = simulation.cloud.world.region(region);
    const left = [
      ...[...instances.values()].filter(({ state }) => state !== 'terminated'),
      ...volumes.values(),
      ...[...images.values(), ...snapshots.values()].filter(
        ({ owner, state, tags }) =>
          owner === pipelineAccount &&
          state !== 'deregistered' &&
          !isDecided(simulation, tags.get('golden:build') ?? ''),
      ),
    ];
    for (const { id } of left) found.push({ invariant: 'nothing left', what: `${id} in ${region}` });
  }
  const names = executions.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [...found, ...twice.map((what): Violation => ({ invariant: 'no twins', what }))];
}
