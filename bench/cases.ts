import { readRecipeFolder } from '../cli/recipes/recipe-folder.ts';
import type { Catalog } from '../core/recipe/types.ts';
import type { DelayOverrides } from '../simulator/aws/delays.ts';

/** A recipe whose builds the benchmark measures. */
export interface BenchCase {
  title: string;
  recipe: string;
  catalog: Catalog;
  /** Delays of AWS that differ from the simulator's own. */
  delays: DelayOverrides;
}

/** The home region, and those that images are copied to. */
export const allRegions =
  'us-east-1 eu-west-1 ap-southeast-2 us-west-2 eu-central-1 ap-northeast-1 ca-central-1 eu-west-2 eu-west-3 eu-north-1 ap-south-1 ap-southeast-1 ap-northeast-2 ap-northeast-3 sa-east-1 us-east-2 us-west-1'.split(
    ' ',
  );
const accountsOf = (count: number) => Array.from({ length: count }, (_, index) => String(300000000000 + index));
const accounts = accountsOf(10);

/** Seconds that each copy takes, by its number. */
const copySeconds = [52, 70, 88, 105, 123];

/** Every delay is fixed, so that the bound is the sum of a few numbers. Calls take as long as the simulator knows. */
export const resourceDelays: DelayOverrides = {
  instanceRunning: 18,
  osBootAmazonLinux: 4,
  agentOnline: 10,
  commandVisible: 0,
  commandStart: 0,
  commandPatch: 5,
  commandOther: 5,
  instanceStop: 31,
  createImage: 97,
  copyImage: Object.fromEntries(copySeconds.map((seconds, index) => [allRegions[index + 1] ?? '', seconds])),
  instanceTerminate: 23,
  parameterValidation: 0,
};

/** Calls are as quick as those to an emulator on the same machine, so that the bound is nearly all that a build takes. */
const fixedDelays: DelayOverrides = { ...resourceDelays, apiCall: 0.02, runInstancesCall: 0.05 };

/** A recipe with one step and one check. */
export const smallRecipe = (targets: number, shared: number) => ({
  name: 'small',
  description: 'one step and one check',
  source: { parameter: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64', owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  checks: [{ name: 'boots', run: 'true' }],
  distribute: allRegions.slice(0, targets).map((region) => ({ region, accounts: accountsOf(shared) })),
  publish: { channel: 'stable' },
});

export const smallCase = (targets: number): BenchCase => ({
  title: `one step, one check, fixed delays, ${told(targets)}`,
  recipe: 'small',
  catalog: { recipes: { small: smallRecipe(targets, 10) }, scripts: {}, version: '1.0.0' },
  delays: fixedDelays,
});

/** Copies of half an hour, which fill the history of an execution with looks. */
export const longCase = (targets: number): BenchCase => ({
  ...smallCase(targets),
  title: `copies of 30 minutes, ${told(targets)}`,
  delays: { ...fixedDelays, copyImage: 1800 },
});

const told = (targets: number): string => (targets === 1 ? '1 region' : `${targets} regions`);

/** The example al2023-base, with every target encrypted, and AWS as slow as the simulator knows it. */
export async function exampleCase(targets: number): Promise<BenchCase> {
  const { catalog } = await readRecipeFolder(`${process.env['GOLDEN_ROOT'] ?? '.'}/examples`);
  const document = { ...(catalog.recipes['al2023-base'] as Record<string, unknown>) };
  const builder = document['builder'] as { rootVolume: object };
  document['builder'] = { ...builder, rootVolume: { ...builder.rootVolume, kmsKey: 'alias/golden-us-east-1' } };
  document['distribute'] = allRegions
    .slice(0, targets)
    .map((region) => ({ region, accounts, kmsKey: `alias/golden-${region}` }));
  return {
    title: `al2023-base, encrypted, ${told(targets)}`,
    recipe: 'al2023-base',
    catalog: { ...catalog, recipes: { 'al2023-base': document } },
    delays: {},
  };
}
