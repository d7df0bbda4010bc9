import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../../../core/recipe/types.ts';
import { infrastructureOf } from '../../../infrastructure/infrastructure.ts';
import { compileRecipes, deploymentOf, functionFiles, writeInfrastructure } from '../../../scripts/deployment-files.ts';
import { root } from '../../../scripts/setup.mjs';
import type { Template } from './check-template.ts';
import { packagedOnce } from './packaged-once.ts';

const replaced: [documented: RegExp, own: string][] = [
  [/111122223333/g, '300000000001'],
  [/444455556666/g, '300000000002'],
  [/123456789012/g, '300000000003'],
  [/o-exampleorgid/g, 'o-ourown1234'],
  [/ou-ab12-workload/g, 'ou-root-12345678'],
];
/** An example with real account ids, as a user would put in, because the ids of the documentation are refused. */
export const somebodys = (text: string): string =>
  replaced.reduce((sum, [documented, own]) => sum.replace(documented, own), text);
const organization = 'arn:aws:organizations::300000000001:organization/o-ourown1234';
export const ours = ['300000000001', '300000000002', '300000000003', organization];

/** A changed copy of examples/. */
function ownExamples(folder: string, change: (text: string) => string): string {
  const copy = join(folder, 'own');
  cpSync(join(root, 'examples'), copy, { recursive: true });
  for (const name of readdirSync(copy).filter((file) => file.endsWith('.yaml')))
    writeFileSync(join(copy, name), change(readFileSync(join(copy, name), 'utf8')));
  return copy;
}

/** The settings of a deployment that allows the simulated builds. Most suites judge its template, so osls packages it once for all. */
export const settingsAsSimulated = [
  '--param=channelRoot=/golden',
  `--param=shareWith=${['444455556666', ...ours].join()}`,
  '--param=regions=eu-west-1,ap-southeast-2,us-west-2',
];

const catalogs = new Map<(text: string) => string, Promise<Catalog>>();

/** The catalog of the changed examples. It depends on no setting. */
function catalogOf(change: (text: string) => string): Promise<Catalog> {
  const known =
    catalogs.get(change) ?? inFolder((folder) => compileRecipes(join(folder, 'dist'), ownExamples(folder, change)));
  catalogs.set(change, known);
  return known;
}

/** Leaves nothing of the folder behind. */
async function inFolder<T>(use: (folder: string) => T): Promise<Awaited<T>> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-template-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The deployment that the settings ask for, and the arguments and the environment that osls gets. */
function deploymentWith(settings: string[]) {
  const { AWS_REGION: _region, GOLDEN_SERVICE: _service, ...env } = process.env; // tests judge the defaults
  const shared = settings.some((one) => one.includes('shareWith=')) ? [] : [`--param=shareWith=${ours.join()}`];
  const args = [...shared, ...settings];
  return { args, env, deployment: deploymentOf(args, env) };
}

/** The roles that infrastructure/ makes for a deployment. osls takes them over as they are, which test/template.test.ts checks. */
export async function rolesWith(settings: string[], change = somebodys): Promise<Template['Resources']> {
  const catalog = await catalogOf(change);
  const { roles } = infrastructureOf(deploymentWith(settings).deployment, catalog) as { roles: Template['Resources'] };
  return JSON.parse(JSON.stringify(roles)) as Template['Resources']; // as dist/infrastructure.json has them
}

/** The template of the usual settings as a text. Several suites of a worker judge it, and each gets an object of its own. */
let usual: Promise<string> | undefined;

/**
 * The template that `npm run package` would write if examples/ were recipes/, made in a separate folder. The
 * template depends on the recipes' schedules but not on the content of the bundles, so empty bundles suffice. It runs without
 * credentials and without network.
 */
export async function packagedTemplate(settings = settingsAsSimulated, change = somebodys): Promise<Template> {
  const isUsual = settings === settingsAsSimulated && change === somebodys;
  const text = (isUsual && usual) || packageWith(settings, change);
  if (isUsual) usual = text;
  return JSON.parse(await text) as Template;
}

async function packageWith(settings: string[], change: (text: string) => string): Promise<string> {
  const { args, env, deployment } = deploymentWith(settings);
  const catalog = await catalogOf(change);
  return inFolder((folder) => {
    for (const name of ['serverless.yml', 'infrastructure', 'statemachines', 'package.json'])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    for (const name of Object.keys(functionFiles)) {
      mkdirSync(join(folder, 'dist', name), { recursive: true });
      writeFileSync(join(folder, 'dist', name, 'index.mjs'), '');
    }
    writeInfrastructure(deployment, catalog, join(folder, 'dist'));
    const { template, refusal } = packagedOnce(folder, args, env);
    if (template === undefined) throw new Error(refusal);
    return template;
  });
}
