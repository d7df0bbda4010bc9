import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/**
 * The template that `npm run package` would write if examples/ were recipes/, made in a separate folder. The
 * template depends on the recipes' schedules but not on the content of the bundles, so empty bundles suffice. It runs without
 * credentials and without network.
 */
export async function packagedTemplate(settings: string[] = [], change = somebodys): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-template-'));
  try {
    for (const name of ['serverless.yml', 'infrastructure', 'statemachines', 'package.json']) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    for (const name of Object.keys(functionFiles)) {
      mkdirSync(join(folder, 'dist', name), { recursive: true });
      writeFileSync(join(folder, 'dist', name, 'index.mjs'), '');
    }
    const catalog = await compileRecipes(join(folder, 'dist'), ownExamples(folder, change));
    const { AWS_REGION: _region, GOLDEN_SERVICE: _service, ...env } = process.env; // tests judge the defaults
    const shared = settings.some((one) => one.includes('shareWith=')) ? [] : [`--param=shareWith=${ours.join()}`];
    const args = [...shared, ...settings];
    writeInfrastructure(deploymentOf(args, env), catalog, join(folder, 'dist'));
    const { template, refusal } = packagedOnce(folder, args, env);
    if (template === undefined) throw new Error(refusal);
    return JSON.parse(template) as Template;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
