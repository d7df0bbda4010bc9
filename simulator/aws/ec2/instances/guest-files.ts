import { unpackTar } from 'modern-tar';
import type { UnpackedArchive } from '../../state/volumes.ts';

/** A file on the disk of a guest. */
interface GuestFile {
  text: string;
  /** Octal digits. */
  mode: string;
  /** Undefined on Windows. */
  owner: string | undefined;
}

/** The files that archives have brought to a disk, by path. A later archive replaces files of an earlier one. */
export async function guestFiles(archives: UnpackedArchive[]): Promise<Map<string, GuestFile>> {
  const files = new Map<string, GuestFile>();
  for (const { archive, into, name, mode, owner } of archives) {
    const separator = into.includes('\\') ? '\\' : '/';
    const folder = /[\\/]$/.test(into) ? into : into + separator;
    for (const { header, data = new Uint8Array() } of await unpackTar(archive))
      files.set(folder + (name ?? header.name).replaceAll('/', separator), {
        text: Buffer.from(data).toString(),
        mode: mode ?? `0${(header.mode ?? 0).toString(8)}`,
        owner,
      });
  }
  return files;
}
