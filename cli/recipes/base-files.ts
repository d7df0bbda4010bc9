import { realpath } from 'node:fs/promises';
import { dirname, join, posix, sep } from 'node:path';
import { soundBase } from '../../core/recipe/bases/base-key.ts';
import { mostBases, originOfPath, withBase } from '../../core/recipe/bases/with-base.ts';
import { isMap } from '../../core/is-map.ts';
import type { FilePlace, Path, Problem } from '../../core/recipe/recipe.ts';
import { readText, reason } from './recipe-scripts.ts';

/** A file as YAML. */
interface Read {
  document: unknown;
  problems: Problem[];
  locate: (path: Path) => FilePlace;
}

/** One file of a chain. `folder` is where the file before it finds it, such as `bases/`. */
interface Layer extends Read {
  file: string;
  folder: string;
}

/**
 * A recipe's document with the keys of the files that it extends, and where each of them stands. A file outside the recipe's folder
 * is never read.
 */
export async function withBases(
  read: Read,
  file: string,
  readDocument: (text: string, file: string) => Read,
): Promise<Read> {
  if (!isMap(read.document) || read.document['extends'] === undefined) return read;
  const layers: Layer[] = [{ ...read, file, folder: '' }];
  const seen = new Set([await realpath(file)]);
  const problem = await addLayers(layers, seen, `${await realpath(dirname(file))}${sep}`, readDocument);
  const problems = layers.flatMap((layer) =>
    layer.problems.map((one) => ({ ...one, place: one.place ?? layer.locate(one.path) })),
  );
  const last = layers.at(-1);
  if (problem) problems.push({ ...problem, place: problem.place ?? last?.locate(problem.path) ?? { file } });
  const isWhole = problem === undefined && layers.every(({ document }) => isMap(document));
  const documents = layers.map(({ document }) => document);
  const locate = (path: Path): FilePlace =>
    (isOwn(path) ? read : (layers[originOfPath(documents, path)] ?? read)).locate(path);
  return { document: isWhole ? merged(layers) : undefined, problems, locate };
}

/** Whether a key is not taken over from a base. */
const isOwn = ([key]: Path) => key === 'name' || key === 'extends';

const merged = ([first, ...rest]: Layer[]): unknown => {
  if (!first || !isMap(first.document)) return first?.document;
  return withBase(first.document, merged(rest), rest[0]?.folder ?? '');
};

/** Reads the files that the last one extends, one after another. @returns the problem of the first file that is wrong, if any. */
async function addLayers(
  layers: Layer[],
  seen: Set<string>,
  inside: string,
  readDocument: (text: string, file: string) => Read,
): Promise<Problem | undefined> {
  for (let last = layers.at(-1); last && isMap(last.document); last = layers.at(-1)) {
    const given = last.document['extends'];
    if (given === undefined) return undefined;
    const says = (message: string): Problem => ({ path: ['extends'], message });
    const path = soundBase(given);
    if (path === undefined)
      return says(
        `must be the path of a .yaml file below this file's folder, such as bases/linux.yaml, got ${JSON.stringify(given)?.slice(0, 100)}`,
      );
    if (layers.length > mostBases)
      return says(`is the ${layers.length}th file of a chain, and ${mostBases} is the most`);
    const file = join(dirname(last.file), path);
    try {
      const real = await realpath(file);
      if (!real.startsWith(inside)) return says(`${path} leads out of the recipe's folder, to ${real}`);
      if (seen.has(real)) return says(`${path} extends this file in turn`);
      seen.add(real);
      const folder = posix.dirname(path);
      layers.push({ ...readDocument(await readText(file), file), file, folder: folder === '.' ? '' : `${folder}/` });
    } catch (error) {
      const isAbsent = (error as { code?: string }).code === 'ENOENT';
      return says(
        isAbsent ? `there is no ${path} below this file's folder` : `${path} cannot be read: ${reason(error)}`,
      );
    }
  }
  const isList = layers.at(-1)?.document !== undefined;
  return isList ? { path: [], message: 'must be a map of the keys of a recipe' } : undefined;
}
