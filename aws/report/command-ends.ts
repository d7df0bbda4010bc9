import { commandOutput } from '../../core/memory/documents.ts';
import { inBatches } from '../../core/batches.ts';
import { inventoryIn, type Package } from '../../core/guest/inventory.ts';
import { sanitizeName } from '../../core/guest/command.ts';
import type { CommandOutput, OutputEnd } from '../../core/report/page/facts.ts';
import { latestFirst, type SentCommand } from '../../core/report/page/sent-commands.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import { listArtifacts, readObject, type Artifacts } from '../memory/artifacts.ts';

interface Stream {
  key: string;
  bytes: number;
  command: string;
  stream: 'stdout' | 'stderr';
}

const endBytes = 12_000;
/** An inventory has about 40 bytes for each package. */
const inventoryBytes = 2_000_000;
/** A page does not get longer by commands than this. */
const mostStreams = 200;

/** The output that the agents of a build's instances left in the bucket: the end of each stream, and the inventory. */
export async function readCommandEnds(
  artifacts: Artifacts,
  build: BuildIdentity,
  sent: SentCommand[],
): Promise<{ outputs: CommandOutput[]; packages: Package[] | undefined }> {
  const prefix = `${commandOutput.key(build)}/`;
  const streams = (await listArtifacts(artifacts, prefix)).flatMap(({ key, bytes }): Stream[] => {
    const [command = '', , ...rest] = key.slice(prefix.length).split('/');
    const stream = rest.at(-1);
    return stream === 'stdout' || stream === 'stderr' ? [{ key, bytes, command, stream }] : [];
  });
  const byCommand = new Map<string, CommandOutput>();
  for (const batch of inBatches(latestFirst(streams, sent).slice(0, mostStreams), 8))
    await Promise.all(
      batch.map(async ({ command, stream, ...object }) => {
        const end = await readEnd(artifacts, object);
        const known = byCommand.get(command) ?? { ...sent.find((one) => one.command === command), command };
        byCommand.set(command, known);
        // A document of several steps leaves several outputs. The longest says most.
        if (end.bytes >= (known[stream]?.bytes ?? 0)) known[stream] = end;
      }),
    );
  const sanitized = sent.findLast(({ phase, name }) => phase === 'provision' && name === sanitizeName);
  const inventory = streams.find(({ command, stream }) => command === sanitized?.command && stream === 'stdout');
  return {
    outputs: [...byCommand.values()],
    packages: inventory && (await readInventory(artifacts, inventory)),
  };
}

async function readEnd(artifacts: Artifacts, { key, bytes }: Pick<Stream, 'key' | 'bytes'>): Promise<OutputEnd> {
  if (bytes === 0) return { text: '', bytes };
  const cut = bytes > endBytes;
  const text = (await readObject(artifacts, key, cut ? `bytes=-${endBytes}` : undefined))?.text ?? '';
  // The first line may have lost its beginning.
  return { text: cut ? text.slice(text.indexOf('\n') + 1) : text, bytes };
}

async function readInventory(artifacts: Artifacts, { key, bytes }: Stream): Promise<Package[] | undefined> {
  if (bytes > inventoryBytes) return undefined;
  return inventoryIn((await readObject(artifacts, key))?.text ?? '');
}
