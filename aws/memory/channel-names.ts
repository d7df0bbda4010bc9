import { channelsFolder } from '../../core/memory/documents.ts';
import { listArtifacts, type Artifacts } from './artifacts.ts';

/** Every channel of a recipe that was ever moved: each has a document. @param own The channel of the recipe itself. */
export async function channelNames(artifacts: Artifacts, recipe: string, own?: string): Promise<string[]> {
  const folder = channelsFolder({ recipe });
  const listed = await listArtifacts(artifacts, folder);
  const moved = listed.map(({ key }) => key.slice(folder.length).replace(/\.json$/, ''));
  return [...new Set([...(own === undefined ? [] : [own]), ...moved])];
}
