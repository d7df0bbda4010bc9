// By what `golden doctor` tells whether a folder is what was deployed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../core/build/content-digest.ts';
import { sha256 } from '../core/digest.ts';
import type { Catalog } from '../core/recipe/types.ts';

/** What a deployment is made of, besides recipes and settings. */
export const code = 'aws core functions infrastructure pages statemachines serverless.yml package-lock.json'.split(' ');
const short = (digest: string) => digest.slice(0, 12);

const filesBelow = (root: string, name: string): string[] =>
  /\.\w+$/.test(name)
    ? [name]
    : readdirSync(join(root, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .toSorted();

/** The version of the package, and a digest of the code in a folder. */
export function codeVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const texts = code
    .flatMap((name) => filesBelow(root, name))
    .map((file) => `${file.replaceAll('\\', '/')} ${sha256(readFileSync(join(root, file), 'utf8'))}`);
  return `${version}-${short(sha256(texts.join('\n')))}`;
}

/** A digest of recipes and of what lies beside them. */
export const recipesVersion = (catalog: Catalog): string => short(sha256(canonical({ ...catalog, version: '' })));
