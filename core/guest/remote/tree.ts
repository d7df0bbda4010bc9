import type { Carried } from '../../recipe/steps/carried.ts';

/**
 * The beginning of a bash script that works with the files of an archive: it checks that its tools are there and that the right
 * archive has arrived, and unpacks it into `$tree`. A second run, after a reboot or a retry, begins anew.
 */
export const treeOf = ({ sha256 }: Carried, what: string, tools: string[] = []): string => `#!/bin/bash
set -euo pipefail
umask 022
for tool in tar find sha256sum${tools.map((tool) => ` ${tool}`).join('')}; do
  if ! command -v "$tool" >/dev/null; then
    echo "${what} needs $tool, which this image does not have; install it in an earlier step" >&2
    exit 1
  fi
done
archive=$PWD/${sha256}
if ! printf '%s  %s\\n' ${sha256} "$archive" | sha256sum --check --status; then
  echo 'the files that arrived are not those of the recipe: their SHA-256 is not ${sha256}' >&2
  exit 1
fi
tree=$PWD/tree
rm -rf "$tree"
mkdir "$tree"
tar -C "$tree" --no-same-owner -xf "$archive"
`;
