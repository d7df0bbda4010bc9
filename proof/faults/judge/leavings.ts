import type { Violation } from './violation.ts';
import { isSaid, publishedIn, publishedThere } from './said.ts';
import type { Trial } from '../trial.ts';

const ids = /\b(ami|snap|vol|i)-[0-9a-f]{8,17}\b/g;
const idsIn = (lines: string[] = []): string[] => [...lines.join('\n').matchAll(ids)].map(([id]) => id);
const broken = (what: string): Violation => ({ invariant: 'nothing left', what });

/** Every difference between the account and the final status. */
export function leavings(trial: Trial): Violation[] {
  const { before, after } = trial;
  const wanted = new Set([...publishedThings(trial), ...keptThings(trial)]);
  const left = [...after.things]
    .filter(([id, thing]) => !before.things.has(id) && !wanted.has(id) && !isSaid(trial, id, thing))
    .map(([id, { kind, region, state }]) =>
      broken(`${kind} ${id} in ${region} (${state}) is left and nothing says so`),
    );
  const touched = [...before.things]
    .filter(([id, { shared }]) => after.things.get(id)?.shared.join() !== shared.join())
    .map(([id]) => broken(`${id} of the earlier build is ${after.things.has(id) ? 'shared otherwise' : 'gone'}`));
  return [...left, ...touched, ...untrue(trial)];
}

function publishedThings(trial: Trial): string[] {
  return [...publishedIn(trial), ...publishedThere(trial)].flatMap(({ region, ami }) => {
    const image = trial.simulation.cloud.world.region(region).images.get(ami ?? '');
    return image ? [image.id, ...image.mappings.flatMap(({ snapshot }) => snapshot ?? [])] : [];
  });
}

/** The images and snapshots that a failed build keeps. They must be complete and not shared with another account. */
function keptThings({ manifest, after }: Trial): string[] {
  const kept = manifest?.status === 'failed' ? (manifest.failure?.kept ?? []) : [];
  return kept
    .flatMap(({ ami, snapshots }) => [ami, ...snapshots])
    .filter((id) => after.things.get(id)?.shared.length === 0 && after.things.get(id)?.state !== 'pending');
}

/** Finds false reports about things. */
function untrue({ scenario, manifest, after }: Trial): Violation[] {
  const { left = [], kept = [], undone = [] } = manifest?.failure ?? {};
  const gone = (said: string, list: string[]) =>
    list.filter((id) => !after.things.has(id)).map((id) => broken(`${id} is said to be ${said} and is gone`));
  const there = idsIn(undone.filter((line) => /^(terminated|deleted|deregistered)/.test(line)))
    .filter((id) => after.things.has(id))
    .map((id) => broken(`${id} is said to be undone and is there`));
  // A sweep does not change the records of builds.
  if (scenario.again === 'sweep') return there;
  return [
    ...there,
    ...gone(
      'left',
      left.flatMap((line) => idsIn([line.split(': ')[0] ?? ''])),
    ),
    ...gone('kept', manifest?.status === 'failed' ? kept.flatMap(({ ami, snapshots }) => [ami, ...snapshots]) : []),
  ];
}
