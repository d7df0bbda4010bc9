import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import type { Path, Problem } from '../../core/recipe/recipe.ts';
import { partsAsWritten } from '../../core/variants/variant-documents.ts';

/**
 * Reads the scripts that a recipe document names and the files beside them, by path below the recipe's folder. A file outside
 * that folder is never read, even through links, because its text would get into commands and logs.
 */
export async function readScripts(folder: string, document: unknown) {
  const scripts: Record<string, string> = {};
  const problems: Problem[] = [];
  const wanted = scriptsNamedIn(document);
  const inside = `${await realpath(folder)}${sep}`;
  const neighbours = await Promise.all(
    [...new Set([...wanted.keys()].map((path) => posix.dirname(path)))].map((path) => scriptsOf(folder, path)),
  );
  for (const script of new Set([...wanted.keys(), ...neighbours.flat()])) {
    const at = wanted.get(script);
    try {
      const real = await realpath(join(folder, script));
      if (!real.startsWith(inside)) {
        if (at) problems.push({ path: at, message: `${script} leads out of the recipe's folder, to ${real}` });
      } else if (await endless(real)) {
        if (at) problems.push({ path: at, message: `${script} is no file` });
      } else scripts[script] = await readText(real);
    } catch (error) {
      if (at && (error as { code?: string }).code !== 'ENOENT')
        problems.push({ path: at, message: `${script} cannot be read: ${reason(error)}` });
    }
  }
  return { scripts, problems };
}

/** Every text of a document that may be the path of a file, with its place. */
function* pathsIn(document: Record<string, unknown> | null): Generator<[unknown, Path]> {
  for (const section of ['provision', 'checks']) {
    const list = document?.[section];
    for (const [index, entry] of Array.isArray(list) ? (list as unknown[]).entries() : [])
      yield [(entry as { script?: unknown } | null)?.script, [section, index, 'script']];
  }
  yield [(document?.['builder'] as { userDataFile?: unknown } | null)?.userDataFile, ['builder', 'userDataFile']];
}

// Only paths that stay in the folder by their text; the schema refuses the others.
function scriptsNamedIn(document: unknown): Map<string, Path> {
  const named = new Map<string, Path>();
  for (const [part, at] of partsAsWritten(document))
    for (const [path, inside] of pathsIn(part))
      if (typeof path === 'string' && posix.normalize(path) === path && !/^(\.\.)?\//.test(path) && !named.has(path))
        named.set(path, [...at, ...inside]);
  return named;
}

/** A pipe or a device. Reading one may never end. */
async function endless(path: string): Promise<boolean> {
  const found = await stat(path);
  return !found.isFile() && !found.isDirectory();
}

async function scriptsOf(folder: string, path: string): Promise<string[]> {
  const names = await readdir(join(folder, path)).catch(() => []);
  return names.filter((name) => /\.(sh|ps1)$/.test(name)).map((name) => posix.join(path, name));
}

export const readText = async (file: string) => new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));

export function reason(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a folder',
    EACCES: 'permission denied',
    ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8 text',
  };
  return words[code ?? ''] ?? message;
}
