// Retirement: each AMI of the oldest build takes its one step whole, or is told. No other image changes.
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brief } from '../judge/expectation.ts';
import type { Violation } from '../judge/violation.ts';
import { changedIn, imageFact, imageSays, snapshotFact, type SeenFacts } from './facts.ts';
import { twoRegions } from './moves.ts';
import type { OperationRow, OperationTrial, Prepared } from './operation.ts';
import { denials, ends, saidIn } from './told.ts';

const day = 24 * 3600;
const policy = { keep: 1, deprecateAfter: '10d', disableAfter: '20d', deregisterAfter: '30d' };

const start = (simulation: Simulation, input: object) => simulation.retire(input);
const oldest = ({ builds }: Prepared): string => builds[0]?.build ?? '';

/** Lets a build grow old enough to be disabled: it is deprecated first, and EC2 is asked who uses it. */
async function growOld({ simulation, recipes }: Prepared): Promise<void> {
  recipes['base'] = { ...recipes['base'], retire: policy };
  for (const days of [10, 11, 1]) {
    await simulation.pass(days * day);
    if (days !== 1) await simulation.finish(start(simulation, { apply: true }));
  }
}

const retirement = {
  machine: 'retire-images' as const,
  builds: ['base', 'base', 'base'],
  shape: twoRegions,
  start,
  hasPlan: true,
};

export const retirements: Record<string, OperationRow> = {
  disables: {
    ...retirement,
    prepare: growOld,
    input: () => ({ recipe: 'base', apply: true, why: 'policy', who: 'Ada' }),
    judge: (trial) => judgeRetired(trial, true),
  },
  deregisters: {
    ...retirement,
    prepare: ({ simulation }) => simulation.pass(day),
    input: (prepared) => ({
      recipe: 'base',
      verb: 'deregister',
      build: oldest(prepared),
      evenIfUsed: true,
      why: 'gone',
    }),
    judge: (trial) => judgeRetired(trial, false),
  },
};

/** The facts of each AMI of the oldest build after its step. A fact without a value is gone. */
function wantedByAmi(
  { prepared, before }: OperationTrial,
  disables: boolean,
): Map<string, Map<string, string | undefined>> {
  const { cloud } = prepared.simulation;
  const wanted = new Map<string, Map<string, string | undefined>>();
  for (const { region } of twoRegions.targets)
    for (const { id, tags, mappings } of cloud.world.region(region).images.values()) {
      const fact = imageFact(id, region);
      if (tags.get('golden:build') !== oldest(prepared) || !before.has(fact)) continue;
      const snapshots = disables ? [] : mappings.flatMap(({ snapshot }) => snapshot ?? []);
      wanted.set(
        id,
        new Map<string, string | undefined>([
          [fact, disables ? imageSays('disabled', []) : undefined],
          ...snapshots.map((one) => [snapshotFact(one, region), undefined] as const),
        ]),
      );
    }
  return wanted;
}

function judgeRetired(trial: OperationTrial, disables: boolean): Violation[] {
  const { before, after, first, second } = trial;
  const words = saidIn(trial);
  const succeeded = [first, second].some((one) => one?.status === 'SUCCEEDED');
  const wanted = wantedByAmi(trial, disables);
  const found = ends(trial);
  if (wanted.size !== twoRegions.targets.length)
    found.push({ invariant: 'completes', what: `the oldest build had ${wanted.size} AMIs before` });
  for (const [ami, facts] of wanted) {
    const isNew = holds(facts, after);
    const isOld = [...facts.keys()].every((fact) => after.get(fact) === before.get(fact));
    const now = [...facts.keys()].map((fact) => `${fact} ${after.get(fact) ?? 'gone'}`).join('; ');
    // What could not be looked at is no reason to retire, so that image stays, and the report says so.
    if (succeeded && !isNew && denials(trial).length === 0)
      found.push({ invariant: 'completes', what: `it succeeded, and there is ${now}` });
    if (!isNew && !isOld && !words.includes(ami))
      found.push({
        invariant: 'told',
        what: `${ami} is neither old nor new, and nothing says so: ${now}; ${brief(words)}`,
      });
  }
  const named = new Set([...wanted.values()].flatMap((facts) => [...facts.keys()]));
  // A revoke of the snapshots' readers goes with a disabled image.
  const isOfDisabled = (fact: string) => disables && fact.startsWith('snapshot ') && isOfOldest(trial, fact);
  for (const fact of changedIn(before, after))
    if (!named.has(fact) && !isOfDisabled(fact))
      found.push({ invariant: 'nothing left', what: `${fact}: ${before.get(fact)}, now ${after.get(fact)}` });
  return found;
}

const holds = (facts: Map<string, string | undefined>, after: SeenFacts): boolean =>
  [...facts].every(([fact, says]) => after.get(fact) === says);

function isOfOldest({ prepared }: OperationTrial, fact: string): boolean {
  const [, id = '', , region = ''] = fact.split(' ');
  return (
    prepared.simulation.cloud.world.region(region).snapshots.get(id)?.tags.get('golden:build') === oldest(prepared)
  );
}
