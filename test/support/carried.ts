import { createHash } from 'node:crypto';
import { packTar } from 'modern-tar';
import { sha256 } from '../../core/digest.ts';
import { carriedKey, carriedText } from '../../core/recipe/steps/carried.ts';
import { recipe as whole } from './pipeline.ts';

/** A script that no compression makes small enough for SSM. */
export const tooLargeForSsm =
  Array.from({ length: 1500 }, (_, line) => `# ${sha256(String(line))}`).join('\n') + '\ntrue';

const archiveOf = (files: Record<string, string>) =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: Buffer.byteLength(body), mode: 0o644, mtime: new Date(0) },
      body,
    })),
  );

/** A catalog whose recipe copies a folder and a file to the builder. */
export async function catalogWithFiles(site: Record<string, string>, changes: object = {}) {
  const [folder, file] = [await archiveOf(site), await archiveOf({ 'app.conf': 'port = 80\n' })];
  const digests = [folder, file].map((tar) => createHash('sha256').update(tar).digest('hex'));
  const [ofFolder = '', ofFile = ''] = digests;
  const recipe = {
    ...whole,
    provision: [
      { name: 'site', files: { from: 'files/site', to: '/srv/site', owner: 'www-data', mode: '0640' } },
      { files: { from: 'files/app.conf', to: '/etc/app/main.conf' } },
    ],
    ...changes,
  };
  const catalog = {
    recipes: { base: recipe },
    scripts: {
      [carriedKey('files/site')]: carriedText({ sha256: ofFolder, bytes: folder.length, folder: true }),
      [carriedKey('files/app.conf')]: carriedText({ sha256: ofFile, bytes: file.length, folder: false }),
    },
    archives: new Map([
      [ofFolder, folder],
      [ofFile, file],
    ]),
    version: '1.0.0',
  };
  return { catalog, ofFolder, ofFile };
}
