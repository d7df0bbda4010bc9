import { lstat, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join, posix, sep } from 'node:path';
import type { TarEntry } from 'modern-tar';
import { parseDocument } from 'yaml';
import {
  carriedKey,
  carriedText,
  folderOf,
  mostCarriedBytes,
  mostCarriedFiles,
} from '../../core/recipe/steps/carried.ts';
import type { Path, Problem } from '../../core/recipe/recipe.ts';
import { partsAsWritten } from '../../core/variants/variant-documents.ts';
import { reason } from './recipe-scripts.ts';

/** What the recipes of a folder carry: archives by their SHA-256. */
export type Archives = Map<string, Uint8Array>;

/** A reason why a file cannot be carried. */
class Uncarried extends Error {}

// What tools leave in folders. It differs between computers, and nobody wants it in an image.
const leftOut = new Set(['.git', '.DS_Store', 'Thumbs.db']);

/**
 * Packs the files and folders that a recipe document names, each into a tar archive. The digest of an archive is among the scripts.
 * The archive is the same on every computer: it is in order of names, has no times, no owners, and of modes only whether a file is
 * executable. It is not compressed, since compressed bytes change with the version of zlib, and then images would be out of date.
 */
export async function readCarried(folder: string, document: unknown) {
  const scripts: Record<string, string> = {};
  const archives: Archives = new Map();
  const problems: Problem[] = [];
  for (const [from, { path, within, isComponent = false }] of filesNamedIn(document)) {
    try {
      const { entries, isFolder } = await entriesOf(folder, from);
      for (const [file, at] of within)
        if (!entries.some(({ header: { name } }) => posix.join(from, name) === file))
          problems.push({ path: at, message: `there is no ${file} below the recipe's folder` });
      const { packTar } = await import('modern-tar'); // few recipes have files
      const tar = await packTar(entries);
      const sha256 = createHash('sha256').update(tar).digest('hex');
      archives.set(sha256, tar);
      const component = isComponent && !isFolder ? { component: componentIn(entries, from) } : {};
      scripts[carriedKey(from)] = carriedText({ sha256, bytes: tar.length, folder: isFolder, ...component });
    } catch (error) {
      if (error instanceof Uncarried) problems.push({ path, message: error.message });
      else if ((error as { code?: string }).code !== 'ENOENT')
        problems.push({ path, message: `${from} cannot be read: ${reason(error)}` });
    }
  }
  return { scripts, archives, problems };
}

// Only paths that stay in the folder by their text; the schema refuses the others.
const staysBelow = (path: unknown): path is string =>
  typeof path === 'string' && posix.normalize(path) === path && !/^(\.|\/|\.\.(\/|$))/.test(path);

/** A file or folder that steps name, with the first place, the files that the folder must have, and whether it is a component. */
type Named = Map<string, { path: Path; within: [string, Path][]; isComponent?: boolean }>;

/** The files and folders that the steps and checks of a document name, each once. */
function filesNamedIn(document: unknown): Named {
  const named: Named = new Map();
  for (const [part, at] of partsAsWritten(document))
    for (const section of ['provision', 'checks']) {
      const list = part[section];
      for (const [index, entry] of Array.isArray(list) ? (list as unknown[]).entries() : [])
        addNames(named, entry, [...at, section, index]);
    }
  return named;
}

type Keys = Record<string, unknown> | undefined;

function addNames(named: Named, step: unknown, at: Path): void {
  const { files, ansible, component } = (step ?? {}) as { files?: Keys; ansible?: Keys; component?: Keys };
  const add = (from: string, ...keys: string[]) => {
    const known = named.get(from) ?? { path: [...at, ...keys], within: [] };
    named.set(from, known);
    return known;
  };
  const [from, playbook, file] = [files?.['from'], ansible?.['playbook'], component?.['file']];
  if (staysBelow(from)) add(from, 'files', 'from');
  if (staysBelow(file)) add(file, 'component', 'file').isComponent = true;
  if (!staysBelow(playbook) || folderOf(playbook) === '') return;
  const { within } = add(folderOf(playbook), 'ansible', 'playbook');
  for (const key of ['playbook', 'requirements'])
    if (staysBelow(ansible?.[key])) within.push([ansible[key], [...at, 'ansible', key]]);
}

/** The content of a component document. */
function componentIn(entries: TarEntry[], file: string): unknown {
  const text = Buffer.from((entries[0]?.body ?? '') as Uint8Array).toString();
  const document = parseDocument(text, { merge: true }); // AWSTOE knows << of YAML 1.1
  const [error] = document.errors;
  if (error) throw new Uncarried(`${file} cannot be read: ${error.message.split('\n')[0]}`);
  try {
    return document.toJS() as unknown;
  } catch (thrown) {
    throw new Uncarried(`${file} cannot be read: ${(thrown as Error).message}`);
  }
}

async function entriesOf(folder: string, from: string): Promise<{ entries: TarEntry[]; isFolder: boolean }> {
  const root = await realpath(join(folder, from));
  if (!root.startsWith(`${await realpath(folder)}${sep}`))
    throw new Uncarried(`${from} leads out of the recipe's folder, to ${root}`);
  const entries: TarEntry[] = [];
  let bytes = 0;
  const add = async (file: string, name: string): Promise<void> => {
    const found = await lstat(file);
    const said = name === '' ? from : posix.join(from, name);
    if (/[\\\p{Cc}\uFFFD]/u.test(name))
      throw new Uncarried(`${said} has a name with a backslash or a character that cannot be printed`);
    if (found.isDirectory()) {
      const names = (await readdir(file)).filter((one) => !leftOut.has(one)).toSorted(byCode);
      for (const one of names) await add(join(file, one), posix.join(name, one));
      return;
    }
    const header = {
      name: name || posix.basename(from),
      mtime: new Date(0),
      uid: 0,
      gid: 0,
      uname: 'root',
      gname: 'root',
    };
    if (found.isSymbolicLink()) {
      const linkname = await linkIn(root, file, said);
      entries.push({ header: { ...header, type: 'symlink', size: 0, mode: 0o777, linkname } });
    } else if (found.isFile()) {
      bytes += found.size;
      if (bytes > mostCarriedBytes) throw new Uncarried(`${from} has more than ${mostCarriedBytes / 1e6} MB`);
      const body = await readFile(file);
      entries.push({ header: { ...header, size: body.length, mode: found.mode & 0o100 ? 0o755 : 0o644 }, body });
    } else throw new Uncarried(`${said} is no file, folder or link`);
    if (entries.length > mostCarriedFiles) throw new Uncarried(`${from} has more than ${mostCarriedFiles} files`);
  };
  const isFolder = (await lstat(root)).isDirectory();
  await add(root, '');
  if (entries.length === 0) throw new Uncarried(`${from} has no files`);
  return { entries, isFolder };
}

const byCode = (a: string, b: string) => (a < b ? -1 : 1);

/** The text of a link, which must lead to something in the folder wherever the folder is. */
async function linkIn(root: string, file: string, said: string): Promise<string> {
  const target = await readlink(file);
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined) throw new Uncarried(`${said} is a link to ${target}, which does not exist`);
  const stays = !target.startsWith('/') && join(dirname(file), target).startsWith(`${root}${sep}`);
  if (!stays || !real.startsWith(`${root}${sep}`))
    throw new Uncarried(`${said} is a link to ${target}, which leads out of the folder`);
  return target;
}
