import { keptSnapshots, type KeptSnapshot } from '../../aws/images/kept-snapshots.ts';
import { enabledRegions } from '../../aws/undo/inventory.ts';
import { snapshotMonth } from '../../core/report/prices.ts';
import { Failure } from '../../core/errors.ts';
import { findPipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { fold, type Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

/** Lists the snapshots that were kept when their images were deregistered, in every enabled region. Only reads. */
export async function listSnapshots(
  options: PipelineOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { aws } = await findPipeline(options, surroundings);
  const found: KeptSnapshot[] = [];
  const notLooked: string[] = [];
  await Promise.all(
    (await enabledRegions(aws)).map(async (region) => {
      try {
        found.push(...(await keptSnapshots(aws, region)));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        notLooked.push(`${region}: ${error.message}`);
      }
    }),
  );
  const kept = found.toSorted((a, b) => (a.build + a.region < b.build + b.region ? -1 : 1));
  if (options.json) terminal.out(`${JSON.stringify({ snapshots: kept, notLooked: notLooked.toSorted() }, null, 2)}\n`);
  else terminal.out(snapshotsText(kept, notLooked.toSorted(), terminal));
  return notLooked.length > 0 ? 1 : 0;
}

function snapshotsText(kept: KeptSnapshot[], notLooked: string[], terminal: Terminal): string {
  const cells = kept.map(({ recipe, build, region, snapshot, ami, gib }): Cell[] => [
    { text: recipe },
    { text: build },
    { text: region },
    { text: snapshot },
    { text: ami, style: 'dim' },
    { text: `${gib} GiB` },
    { text: `$${(gib * snapshotMonth).toFixed(2)}` },
  ]);
  const titles = ['Recipe', 'Build (UTC)', 'Region', 'Snapshot', 'AMI', 'Size', 'A month, at most'];
  const table = kept.length === 0 ? '  No snapshot was kept.' : columns(titles, cells, terminal);
  const lines = notLooked
    .flatMap((one) => fold(`Not looked at: ${one}`, terminal.columns - 2))
    .map((line) => `  ${line}\n`);
  return `\n${table}\n\n${lines.join('')}`;
}
