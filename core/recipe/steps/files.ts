import * as z from 'zod/mini';
import { formed, holds, pathBelow } from '../scalars.ts';
import { isLinuxPath, isWindowsPath } from './guest-path.ts';

/** `files` of a step: a file or folder beside the recipe, and where it goes on the builder. */
export const files = z
  .strictObject({
    from: pathBelow('files/nginx').check(
      z.describe("File or folder beside the recipe, by its path below the recipe's folder, such as files/nginx."),
    ),
    to: z.string().check(
      holds(
        (input) => (isLinuxPath(input) || isWindowsPath(input)) && !/(^|[\\/])\.\.?([\\/]|$)/.test(input),
        'be a whole path such as /etc/nginx or C:\\app, without ./ and ../',
      ),
      z.maxLength(255),
      z.describe(
        'Where it goes, as a whole path such as /etc/nginx or C:\\app. The content of a folder goes into this folder. A file gets this path, or keeps its name in a folder whose path ends in /.',
      ),
    ),
    owner: z.exactOptional(
      z
        .string()
        .check(
          formed(
            /^[\w][\w.-]{0,31}(:[\w][\w.-]{0,31})?$/,
            'be a user such as nginx, or a user and a group such as root:adm',
          ),
          z.describe(
            'Owner of the files and of the folders that the step makes, such as nginx, or root:adm with a group. Default root:root. Linux only.',
          ),
        ),
    ),
    mode: z.exactOptional(
      z
        .string()
        .check(
          formed(/^[0-7]{3,4}$/, 'be three or four octal digits in quotes, such as 0644'),
          z.describe(
            "Mode of the files, in quotes, such as '0644'. The folders that the step makes get x wherever the mode has r. Default 0755 for files that are executable beside the recipe, 0644 for others. Linux only.",
          ),
        ),
    ),
  })
  .check(
    z.describe(
      'Copies a file or folder from beside the recipe to the builder: { from: files/nginx, to: /etc/nginx }. Files that are there are replaced, others stay.',
    ),
  );
