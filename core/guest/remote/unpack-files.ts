import { baseName, type Carried } from '../../recipe/steps/carried.ts';
import { isWindowsPath } from '../../recipe/steps/guest-path.ts';
import type { Step } from '../../recipe/types.ts';
import { treeOf } from './tree.ts';
import { powerShellQuoted, shellQuoted } from '../steps/quoted.ts';
import { powerShellLine, remoteCommand, shellLine } from './remote-command.ts';

type Files = NonNullable<Step['files']>;

/** The mode of folders: x wherever the mode of files has r. The first of four digits is setuid, setgid and sticky, and stays. */
const folderMode = (mode: string): string =>
  mode.slice(0, -3) + mode.slice(-3).replaceAll(/[4-7]/g, (digit) => String(Number(digit) | 1));

/** The folder that an archive is unpacked into, and the name of its only file if the recipe renames it. */
function placeOf({ from, to }: Files, { folder }: Carried): { into: string; name?: string } {
  const path = to.replaceAll('\\', '/');
  if (folder || path.endsWith('/')) return { into: to };
  const name = baseName(path);
  return { into: to.slice(0, to.length - name.length), ...(name !== baseName(from) && { name }) };
}

/**
 * The script that unpacks an archive on Linux. It sets owner and mode on a copy of its own, and then lets tar put the copy in
 * place: folders that exist keep their owner and mode, and links to folders stay links.
 */
function unpackLinux(files: Files, carried: Carried): string {
  const { into, name } = placeOf(files, carried);
  const { from, owner, mode } = files;
  return `${treeOf(carried, 'files')}into=${shellQuoted(into)}
${name === undefined ? '' : `mv "$tree"/${shellQuoted(baseName(from))} "$tree"/${shellQuoted(name)}\n`}chown -hR ${owner ?? 'root:root'} "$tree"
${mode === undefined ? '' : `find "$tree" -type f -exec chmod ${mode} {} +\nfind "$tree" -type d -exec chmod ${folderMode(mode)} {} +\n`}if [[ ! -d $into ]]; then
  mkdir -p "$into"
  chown --reference="$tree" "$into"
  chmod --reference="$tree" "$into"
fi
tar -C "$tree" -cf - . | tar -C "$into" --no-overwrite-dir --keep-directory-symlink --numeric-owner -xpf -
echo "$(find "$tree" -mindepth 1 ! -type d | wc -l) files in $into"
rm -rf "$tree" "$archive"
`;
}

/** The same on Windows, whose tar.exe comes with Windows Server 2019 and later. */
function unpackWindows(files: Files, carried: Carried): string {
  const { into, name } = placeOf(files, carried);
  const [own, wanted] = [baseName(files.from), name ?? baseName(files.from)].map(powerShellQuoted);
  const unpack =
    name === undefined
      ? `    & tar.exe -C $into -xf $archive
    if ($LASTEXITCODE) { throw "tar.exe ended with exit code $LASTEXITCODE" }`
      : `    & tar.exe -xf $archive
    if ($LASTEXITCODE) { throw "tar.exe ended with exit code $LASTEXITCODE" }
    Move-Item -LiteralPath ${own} -Destination (Join-Path $into ${wanted}) -Force`;
  return `$ErrorActionPreference = 'Stop'
try {
    $archive = Join-Path (Get-Location).Path '${carried.sha256}'
    $into = ${powerShellQuoted(into)}
    if (-not (Get-Command tar.exe -ErrorAction SilentlyContinue)) {
        throw 'files needs tar.exe, which Windows Server 2019 and later have'
    }
    if ((Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash -ne '${carried.sha256}') {
        throw 'the files that arrived are not those of the recipe: their SHA-256 is not ${carried.sha256}'
    }
    New-Item -ItemType Directory -Path $into -Force | Out-Null
${unpack}
    "the files are in $into"
} catch {
    [Console]::Error.WriteLine($_.Exception.Message)
    exit 1
}
`;
}

/** The command that brings files to their place. */
export const unpackFiles = (files: Files, carried: Carried, seconds: number) =>
  remoteCommand(
    carried.sha256,
    isWindowsPath(files.to) ? powerShellLine(unpackWindows(files, carried)) : shellLine(unpackLinux(files, carried)),
    seconds,
  );
