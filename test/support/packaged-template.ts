import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileRecipes, functionFiles } from '../../scripts/bundle.mjs';
import { root } from '../../scripts/setup.mjs';
import type { Template } from './check-template.ts';

/**
 * What `npm run package` would emit if examples/ were recipes/, made aside in two seconds: the template depends on the recipes' schedules, but not on what
 * is in the bundles, so empty ones do. There are no credentials and there is no network in it.
 */
export async function packagedTemplate(settings: string[] = []): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-template-'));
  try {
    for (const name of ['serverless.yml', 'infrastructure', 'statemachines', 'package.json']) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    for (const name of Object.keys(functionFiles())) {
      mkdirSync(join(folder, 'dist', name), { recursive: true });
      writeFileSync(join(folder, 'dist', name, 'index.mjs'), '');
    }
    await compileRecipes(join(folder, 'dist'), join(root, 'examples'));
    const osls = join(root, 'node_modules/serverless/bin/serverless.js');
    const { AWS_REGION: _region, GOLDEN_SERVICE: _service, ...env } = process.env; // the defaults are judged
    const args = [osls, 'package', ...settings];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`osls ended with ${status}: ${stderr}${stdout}`); // it writes errors to either
    const emitted = join(folder, '.serverless/cloudformation-template-update-stack.json');
    return JSON.parse(readFileSync(emitted, 'utf8')) as Template;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
