import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { awsSchemas } from '../../../scripts/aws-schemas.mjs';
import { bundleOptions } from '../../../scripts/bundle.mjs';
import type { Probed } from './wire-probe.ts';

const probeIn = async (folder: string): Promise<Probed> => {
  const index = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as typeof import('./wire-probe.ts');
  return index.probe();
};

/** What test/support/wire/wire-probe.ts sees when it is bundled into the folder, with the options of scripts/bundle.mjs. */
export async function bundledProbe(folder: string): Promise<Probed> {
  await build({ ...bundleOptions('test/support/wire/wire-probe.ts', folder), plugins: [awsSchemas] });
  return probeIn(folder);
}

/** The same of a copy of the bundle with a mistake: some of the traits that say how a member is written have other names. */
export async function garbledProbe(bundled: string, folder: string): Promise<Probed> {
  mkdirSync(folder);
  for (const name of readdirSync(bundled)) {
    const text = readFileSync(join(bundled, name), 'utf8');
    writeFileSync(join(folder, name), text.replace(/\b(ec2QueryName|httpHeader|xmlName):/g, '$1s:'));
  }
  return probeIn(folder);
}
