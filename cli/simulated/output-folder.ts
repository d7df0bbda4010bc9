import { constants, existsSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Why a folder cannot be written. The folder is not created yet, since the simulation may have nothing to write. */
export async function outputProblem(folder: string): Promise<string | undefined> {
  if (!folder) return 'names no folder';
  let present = resolve(folder);
  while (!existsSync(present)) present = dirname(present);
  if (!(await stat(present)).isDirectory()) return `${present} is not a folder`;
  return access(present, constants.W_OK).then(
    () => undefined,
    () => `${present} cannot be written to`,
  );
}
