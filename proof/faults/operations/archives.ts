// An image that is stored in S3 and restored: one object, one AMI, nothing else changes, and a restore that fails leaves nothing.
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brief } from '../judge/expectation.ts';
import type { Violation } from '../judge/violation.ts';
import { pipelineAccount, pipelineHome } from '../setting.ts';
import { changedIn, imageFact, imageSays } from './facts.ts';
import { homeOnly } from './moves.ts';
import type { OperationRow, OperationTrial, Prepared } from './operation.ts';
import { ends, saidIn, wasEnded } from './told.ts';

const of = ({ builds: [built] }: Prepared) => ({ recipe: built?.recipe ?? '', build: built?.build ?? '' });
const start = (simulation: Simulation, input: object) => simulation.archive(input);
const objectsIn = ({ prepared }: OperationTrial): string[] => [
  ...(prepared.simulation.cloud.world.buckets.get(`golden-archives-${pipelineAccount}`)?.objects.keys() ?? []),
];

/** Stores the image, and lets its AMI and snapshots go as golden deregister does. */
async function storeAndRemove(prepared: Prepared): Promise<void> {
  const { simulation } = prepared;
  await simulation.finish(start(simulation, { verb: 'archive', ...of(prepared) }));
  const { images, snapshots } = simulation.cloud.world.region(pipelineHome);
  for (const things of [images, snapshots])
    for (const { id, tags } of things.values()) if (tags.get('golden:build') === of(prepared).build) things.delete(id);
  // So that the look-ups of the operation are not those of the preparation.
  await simulation.pass(3600);
}

const archiving = { machine: 'archive-image' as const, builds: ['base'], shape: homeOnly, start, hasPlan: true };

export const archives: Record<string, OperationRow> = {
  archives: { ...archiving, input: (prepared) => ({ verb: 'archive', ...of(prepared) }), judge: judgeStored },
  unarchives: {
    ...archiving,
    prepare: storeAndRemove,
    input: (prepared) => ({ verb: 'unarchive', ...of(prepared) }),
    undone: { 'unarchive fails': [{ place: 'archive/AwaitRestoredImage', fault: 'denied', at: 's3:PutObject' }] },
    judge: judgeRestored,
  },
};

const succeeded = ({ first, second }: OperationTrial): boolean =>
  [first, second].some((one) => one?.status === 'SUCCEEDED');
const recordOf = ({ prepared }: OperationTrial) => prepared.simulation.read(of(prepared), 'archive');

function judgeStored(trial: OperationTrial): Violation[] {
  const found = ends(trial);
  const objects = objectsIn(trial);
  const { stored, object } = recordOf(trial) ?? {};
  if (objects.length > 1) found.push({ invariant: 'no twins', what: `the image is stored as ${objects.join(', ')}` });
  if (succeeded(trial) && !stored) found.push({ invariant: 'told', what: 'it succeeded, and no record says so' });
  if (stored && !objects.includes(object ?? ''))
    found.push({ invariant: 'told', what: `the record says that there is ${object}, and there is none` });
  const tasks = [...trial.prepared.simulation.cloud.world.region(pipelineHome).storeTasks.values()];
  if (tasks.filter(({ state }) => state !== 'Failed').length > 1)
    found.push({ invariant: 'no twins', what: `EC2 stored the image ${tasks.length} times` });
  for (const fact of changedIn(trial.before, trial.after))
    found.push({ invariant: 'nothing left', what: `${fact}: ${trial.before.get(fact)}, now ${trial.after.get(fact)}` });
  return found;
}

function judgeRestored(trial: OperationTrial): Violation[] {
  const { before, after, prepared, executions } = trial;
  const found = ends(trial);
  const { images, snapshots } = prepared.simulation.cloud.world.region(pipelineHome);
  const ours = [...images.values()].filter(
    ({ tags, state }) => tags.get('golden:build') === of(prepared).build && state !== 'deregistered',
  );
  const used = new Set(ours.flatMap(({ mappings }) => mappings.flatMap(({ snapshot }) => snapshot ?? [])));
  const words = saidIn(trial);
  if (ours.length > 1)
    found.push({ invariant: 'no twins', what: `restored twice: ${ours.map(({ id }) => id).join(', ')}` });
  for (const { id, state, permissions } of ours)
    if (state !== 'available' || permissions.length > 0)
      found.push({ invariant: 'verified first', what: `${id} is ${after.get(imageFact(id, pipelineHome))}` });
  const restored = recordOf(trial)?.restored ?? [];
  if (succeeded(trial) && !ours.every(({ id }) => restored.some(({ ami }) => ami === id)))
    found.push({ invariant: 'told', what: 'it succeeded, and the record does not have the AMI' });
  if (succeeded(trial) && after.get(imageFact(ours[0]?.id ?? '', pipelineHome)) !== imageSays('available', []))
    found.push({ invariant: 'completes', what: 'it succeeded, and there is no private AMI' });
  // An execution that somebody ended leaves a private AMI that the next one finds.
  if (!executions.some(wasEnded) && !succeeded(trial))
    for (const { id, name } of ours)
      if (!words.includes(id) && !words.includes(name))
        found.push({ invariant: 'nothing left', what: `${id}, and nothing says so: ${brief(words)}` });
  for (const { id, tags } of snapshots.values())
    if (tags.get('golden:build') === of(prepared).build && !used.has(id) && !words.includes(id))
      found.push({ invariant: 'nothing left', what: `${id}, and nothing says so: ${brief(words)}` });
  for (const fact of before.keys())
    if (after.get(fact) !== before.get(fact)) found.push({ invariant: 'nothing left', what: `${fact} changed` });
  return found;
}
