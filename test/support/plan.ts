import { defaultSettings } from '../../core/deployment/deployment-settings.ts';
import { planBuild, type Plan } from '../../core/build/plan.ts';
import { parseRecipe } from '../../core/recipe/recipe.ts';
import type { SourceImage } from '../../core/launch/source.ts';

export const execution = {
  id: 'arn:aws:states:us-east-1:111122223333:execution:golden-build-image:manual-1',
  startedAt: '2026-11-23T03:00:00.000Z',
};

export const linux: SourceImage = {
  ami: 'ami-0123456789abcdef0',
  owner: '137112412989',
  name: 'al2023-ami-2023.9',
  region: 'us-east-1',
  architecture: 'x86_64',
  windows: false,
  rootDevice: '/dev/xvda',
  rootSizeGiB: 8,
};

/** The smallest possible recipe. */
export const document = {
  name: 'base',
  description: 'a base image',
  source: { ami: 'ami-0123456789abcdef0', owner: 'amazon' },
  builder: { instanceTypes: ['t3.small'], instanceProfile: 'golden-image-builder' },
  provision: [{ name: 'patch', run: 'dnf -y upgrade' }],
  checks: [{ name: 'boots', run: 'true' }],
  distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  publish: { channel: 'stable' },
};

/** The plan of the smallest recipe, with some keys replaced. */
export function planOf(changes: Record<string, unknown> = {}, source: SourceImage = linux): Plan {
  const { recipe, problems } = parseRecipe({ ...document, ...changes }, {});
  if (!recipe) throw new Error(JSON.stringify(problems));
  const identity = { recipe: recipe.name, build: '20261123-030000-9f2c' };
  return planBuild({
    identity,
    execution,
    recipe,
    source,
    catalog: { scripts: {}, version: '1.0.0' },
    deployment: 'golden-image-dev',
    settings: defaultSettings,
  });
}
