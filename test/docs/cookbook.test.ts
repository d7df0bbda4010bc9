import { beforeAll, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { addOwnImage } from '../../cli/simulated/own-image.ts';
import { examine, problemText, readRecipeFolder } from '../../cli/recipes/recipe-folder.ts';
import type { Manifest } from '../../core/build/manifest.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { setSecret } from '../../simulator/aws/ssm/guest-secrets.ts';
import type { Image } from '../../simulator/aws/state/images.ts';
import { createSimulation, type Simulation } from '../../simulator/pipeline/simulation.ts';
import { account, home } from '../support/pipeline.ts';

const folder = 'examples/cookbook';
/** What each secret of a recipe holds. */
const secretValue = 'npm_4c1dS3cr3tV4lue';
const page = readFileSync('docs/cookbook.md', 'utf8');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
/** A child after its base, whose channel it starts from. */
const names = files
  .map((file) => file.replace(/\.yaml$/, ''))
  .toSorted((one, other) => Number(one === 'child') - Number(other === 'child'));

let simulation: Simulation;
/** What is wrong with recipes, and the causes of builds that failed. */
const problems: string[] = [];
const recipes = new Map<string, Recipe[]>();
const manifests = new Map<string, Manifest>();
const minutes = new Map<string, number>();

beforeAll(async () => {
  const findings = await examine(
    files.map((file) => `${folder}/${file}`),
    { home },
  );
  problems.push(...findings.filter((finding) => finding.problems.length > 0).map(problemText));
  for (const { file, recipes: own } of findings) recipes.set(file.name, own);
  const { catalog } = await readRecipeFolder(folder, { home });
  simulation = createSimulation({ catalog, region: home });
  for (const name of ['/builders/npm-token', 'secret:builders/registry'])
    setSecret(simulation.cloud.world, home, name, secretValue);
  for (const recipe of [...recipes.values()].flat()) addOwnImage(simulation, recipe, home);
  for (const name of names) {
    const { status, cause, output, startDate, stopDate } = await simulation.finish(simulation.start({ recipe: name }));
    if (status !== 'SUCCEEDED') problems.push(`${name}: ${cause}`);
    minutes.set(name, ((stopDate?.getTime() ?? 0) - startDate.getTime()) / 60_000);
    const { build } = JSON.parse(output ?? '{}') as { build: string };
    for (const recipe of recipes.get(name) ?? [])
      manifests.set(recipe.name, simulation.read({ recipe: recipe.name, build }, 'manifest') as Manifest);
  }
});

/** The image that the channel of a recipe points at in a region. */
function published(recipe: string, region: string = home): Image {
  const { parameters, images } = simulation.cloud.world.region(region);
  const ami = parameters.get(`${account} /golden/${recipe}/stable`)?.versions.at(-1)?.value ?? '';
  const image = images.get(ami);
  if (!image) throw new Error(`the channel of ${recipe} in ${region} holds no image`);
  return image;
}

const keyIn = (image: Image, region: string) =>
  simulation.cloud.world.region(region).snapshots.get(image.mappings[0]?.snapshot ?? '')?.keyArn;

const instanceOf = (recipe: string, role: string) =>
  [...simulation.cloud.world.region(home).instances.values()].find(
    ({ tags }) => tags.get('golden:recipe') === recipe && tags.get('golden:role') === role,
  );

test('the cookbook has fifteen recipes, each with a section of the page', () => {
  const sections = [...page.matchAll(/^\[examples\/cookbook\/([\w-]+)\.yaml\]/gm)].map(([, name = '']) => name);
  expect(files).toHaveLength(15);
  expect(sections.toSorted()).toEqual(files.map((file) => file.replace(/\.yaml$/, '')));
});

test('builds take and cost about what the page says', () => {
  const rows = [...page.matchAll(/^\| \[([\w-]+)\]\S+ +\| +(\d+) min +\| +\$(\S+) +\| +\$(\S+) +\|$/gm)];
  const stated = rows.map(([, name = '', ...numbers]) => [name, ...numbers.map(Number)] as const);
  const found = names.toSorted().map((name) => {
    const costs = recipes.get(name)?.map((recipe) => manifests.get(recipe.name)?.cost) ?? [];
    const sum = (of: (cost: (typeof costs)[number]) => number | null | undefined) =>
      costs.reduce((total, cost) => total + (of(cost) ?? Number.NaN), 0);
    return [name, minutes.get(name) ?? 0, sum((cost) => cost?.usd), sum((cost) => cost?.snapshotsPerMonth)] as const;
  });
  const far = found.filter(([name, ...numbers]) => {
    const [, ...said] = stated.find(([one]) => one === name) ?? [];
    return numbers.some((number, index) => !(Math.abs(number - (said[index] ?? Number.NaN)) <= number / 5 + 0.005));
  });
  expect(far).toEqual([]);
});

test('all recipes are valid, and their builds succeed', () => {
  expect(problems).toEqual([]);
});

test('every recipe ran all its steps and checks, and is published in all its regions for those it names', () => {
  for (const { name, distribute } of [...recipes.values()].flat()) {
    const manifest = manifests.get(name);
    expect([name, manifest?.status, manifest?.failedSteps, manifest?.failure]).toEqual([
      name,
      'published',
      undefined,
      null,
    ]);
    for (const { region, accounts } of distribute) {
      const image = published(name, region === 'home' ? home : region);
      expect([name, image.state]).toEqual([name, 'available']);
      expect(image.permissions.flatMap(({ UserId }) => UserId ?? []).toSorted()).toEqual([...accounts].toSorted());
    }
  }
});

test('all images are encrypted, and nothing but images is left', () => {
  for (const { name } of [...recipes.values()].flat())
    expect([name, keyIn(published(name), home)]).toEqual([name, expect.stringMatching(/^arn:aws:kms:/)]);
  const { instances, volumes } = simulation.cloud.world.region(home);
  expect([...instances.values()].filter(({ state }) => state !== 'terminated')).toEqual([]);
  expect([...volumes.values()]).toEqual([]);
});

test('the Jenkins agent has its disk for workspaces in the image', () => {
  expect(published('jenkins-agent').mappings).toMatchObject([
    {},
    { device: '/dev/sdf', sizeGiB: 100, encrypted: true, iops: 6000 },
  ]);
});

test('the organization has a key of its own in each region', () => {
  const [recipe] = recipes.get('organization') ?? [];
  const regions = recipe?.distribute.map(({ region }) => (region === 'home' ? home : region)) ?? [];
  const keys = regions.map((region) => keyIn(published('organization', region), region));
  expect(keys.map((key) => key?.split(':')[3])).toEqual(regions);
  expect(new Set(keys).size).toBe(4);
});

test('the recipe for a private subnet starts from the own AMI, in a subnet with the tags, without a public address', () => {
  const [recipe] = recipes.get('private-subnet') ?? [];
  const builder = instanceOf('private-subnet', 'builder');
  expect(manifests.get('private-subnet')?.source).toMatchObject({ ami: recipe?.source.ami, owner: account });
  expect(builder?.subnet.tags.get('tier')).toBe('private');
  expect(builder?.publicIp).toBe(false);
});

test('both architectures are published, and each has the steps that are for it', () => {
  expect(published('multi-architecture-x86_64').architecture).toBe('x86_64');
  expect(published('multi-architecture-arm64').architecture).toBe('arm64');
  expect(manifests.get('multi-architecture-arm64')?.skipped).toMatchObject([
    { name: 'microcode' },
    { name: 'it is amd64' },
  ]);
});

test('each version of Kubernetes has a channel with an image of that version', () => {
  expect(manifests.get('eks-node-k135')?.source?.name).toContain('-1.35-');
  expect(manifests.get('eks-node-k136')?.source?.name).toContain('-1.36-');
});

test('the child starts from what the base has published', () => {
  expect(manifests.get('child')?.source?.ami).toBe(published('hardened-base').id);
});

test('only the builder of the recipe with secrets has the role that reads them, and no object of the bucket has a value', () => {
  const profiles = ['builder', 'candidate'].map((role) => instanceOf('private-repositories', role)?.profileArn);
  expect(profiles).toEqual([
    expect.stringMatching(/\/golden-secrets-of-private-repositories$/),
    expect.stringMatching(/\/golden-image-builder$/),
  ]);
  const objects = [...simulation.cloud.world.buckets.values()].flatMap(({ objects: all }) => [...all.keys()]);
  expect(objects.length).toBeGreaterThan(100);
  expect(objects.filter((key) => simulation.artifact(key)?.includes(secretValue))).toEqual([]);
});
