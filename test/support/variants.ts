import type { Catalog } from '../../core/recipe/types.ts';
import { variantDocuments } from '../../core/variants/variant-documents.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Execution } from '../../simulator/states/step-functions.ts';
import { account, brisk, type Setting } from './pipeline.ts';

export const [intel, arm] = ['base-x86_64', 'base-arm64'] as const;

const amazonLinux = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default';

/** A recipe with two variants and two regions, small enough to build often. */
export const varied = {
  name: 'base',
  description: 'a base image',
  source: { parameter: `${amazonLinux}-x86_64`, owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'] },
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  checks: [{ name: 'boots', run: 'true' }],
  distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  publish: { channel: 'stable' },
  variants: {
    x86_64: {},
    arm64: { source: { parameter: `${amazonLinux}-arm64` }, builder: { instanceTypes: ['t4g.small'] } },
  } as Record<string, object>,
};

export function catalogOf(document: Record<string, unknown>): Catalog {
  const variants = variantDocuments(document);
  return {
    recipes: Object.fromEntries(variants.map(({ name, document: own }) => [name, own])),
    scripts: {},
    version: '1.0.0',
    variants: { [String(document['name'])]: variants.map(({ name }) => name) },
  };
}

type VariedSetting = Omit<Setting, 'region' | 'regionStacks'> & { catalog?: Catalog; notify?: boolean };

export const variedPipeline = ({ changes, catalog, scenario, ...setting }: VariedSetting = {}): Simulation =>
  createSimulation({
    catalog: catalog ?? catalogOf({ ...varied, ...changes }),
    scenario: { delays: brisk, ...scenario },
    ...setting,
  });

/** The execution that built a variant last. */
export function lastOf(simulation: Simulation, name: string): Execution | undefined {
  return simulation.executions().findLast((one) => one.name.startsWith(`${name}-2`));
}

/** What each variant's channel holds, by region: the build whose image it is. */
export function channelsIn({ cloud }: Simulation): Record<string, Record<string, string | undefined>> {
  const held = (recipe: string) =>
    ['us-east-1', 'eu-west-1'].flatMap((name) => {
      const { parameters, images } = cloud.world.region(name);
      const ami = parameters.get(`${account} /golden/${recipe}/stable`)?.versions.at(-1)?.value;
      return ami === undefined ? [] : [[name, images.get(ami)?.tags.get('golden:build')] as const];
    });
  return Object.fromEntries([intel, arm].map((recipe) => [recipe, Object.fromEntries(held(recipe))]));
}

export const nowhere = { [intel]: {}, [arm]: {} };
export const everywhere = (build: string) => {
  const both = { 'us-east-1': build, 'eu-west-1': build };
  return { [intel]: both, [arm]: both };
};
