// A share: in every region exactly the old users or exactly the new ones.
import type { ShareReport } from '../../../core/share/share-report.ts';
import type { Violation } from '../judge/violation.ts';
import { brief } from '../judge/expectation.ts';
import { sharedOtherwise } from '../setting.ts';
import { changedIn, imageFact, imageSays, snapshotFact, snapshotSays, type SeenFacts } from './facts.ts';
import { twoRegions } from './moves.ts';
import type { OperationRow, OperationTrial } from './operation.ts';
import { denials, ends, saidIn } from './told.ts';

export const shares: Record<string, OperationRow> = {
  shares: {
    machine: 'share-image',
    builds: ['base'],
    shape: twoRegions,
    async prepare({ recipes }, scenario) {
      recipes['base'] = sharedOtherwise(scenario);
    },
    input: () => ({ recipe: 'base', why: 'a new team', who: 'Ada' }),
    start: (simulation, input) => simulation.share(input),
    hasPlan: true,
    judge,
  },
};

interface SharePlan {
  images: { region: string; ami: string; build: string; account?: string }[];
}

/** The users that an image and its snapshots get, by the deployed recipe. */
function wantedIn({ prepared }: OperationTrial, { region, ami, account }: SharePlan['images'][number]): SeenFacts {
  const { distribute } = prepared.recipes['base'] as {
    distribute: { region: string; accounts: string[]; organizations: string[] }[];
  };
  // The recipes here share no copy in another account.
  const target = account === undefined ? distribute.find((one) => one.region === region) : undefined;
  const { accounts = [], organizations = [] } = target ?? {};
  const { mappings = [] } = prepared.simulation.cloud.world.region(region).images.get(ami) ?? {};
  return new Map([
    [imageFact(ami, region), imageSays('available', [...accounts, ...organizations])],
    ...mappings.flatMap(({ snapshot }) =>
      snapshot === undefined ? [] : [[snapshotFact(snapshot, region), snapshotSays(accounts)] as const],
    ),
  ]);
}

function judge(trial: OperationTrial): Violation[] {
  const { before, after, first, second, planned } = trial;
  const { images } = (planned ?? { images: [] }) as unknown as SharePlan;
  const succeeded = [first, second].some((one) => one?.status === 'SUCCEEDED');
  const words = saidIn(trial);
  const found = ends(trial);
  const named = new Set<string>();
  for (const image of images) {
    const wanted = wantedIn(trial, image);
    for (const fact of wanted.keys()) named.add(fact);
    const isRight = [...wanted].every(([fact, says]) => after.get(fact) === says);
    const isOld = [...wanted.keys()].every((fact) => after.get(fact) === before.get(fact));
    const told = words.includes(`${image.ami} in ${image.region} may keep a part`);
    if (!isRight && !isOld && !told) {
      const now = [...wanted.keys()].map((fact) => `${fact} ${after.get(fact)}`).join('; ');
      found.push({ invariant: 'verified first', what: `neither the old nor the new users: ${now}` });
    }
    if (succeeded && !isRight)
      found.push({ invariant: 'verified first', what: `it succeeded, and ${image.region} has other users` });
    if (
      first.status === 'FAILED' &&
      !second &&
      !isRight &&
      !words.includes(image.region) &&
      denials(trial).every(({ place }) => place.includes('ApplyShare'))
    )
      found.push({
        invariant: 'told',
        what: `${image.region} has the old users, and nothing says so: ${brief(words)}`,
      });
    found.push(...recorded(trial, image, isRight));
  }
  for (const fact of changedIn(before, after))
    if (!named.has(fact))
      found.push({ invariant: 'nothing left', what: `${fact}: ${before.get(fact)}, now ${after.get(fact)}` });
  return found;
}

/** The records name a region only if it has the new users. The report of an execution that ended by itself is complete. */
function recorded(
  { prepared: { simulation }, first, documents }: OperationTrial,
  { region, build }: SharePlan['images'][number],
  isRight: boolean,
): Violation[] {
  const broken = (what: string): Violation => ({ invariant: 'told', what });
  const sharing = simulation.read({ recipe: 'base', build }, 'sharing');
  const own = sharing?.changes.find(({ execution }) => execution === first.arn);
  const reports = [...documents].filter(([key]) => key.startsWith('reports/share/'));
  const report = reports
    .map(([, text]) => JSON.parse(text) as ShareReport)
    .find(({ execution }) => execution === first.arn);
  return [
    ...(own?.regions.includes(region) && !isRight
      ? [broken(`the record says that ${region} is shared, and it is not`)]
      : []),
    ...(first.status === 'SUCCEEDED' && !own?.regions.includes(region)
      ? [broken(`${region} is shared, and the record does not say so`)]
      : []),
    ...(first.status === 'SUCCEEDED' && (report?.endedAt === undefined || report.failures.length > 0)
      ? [broken('the report does not say that it succeeded')]
      : []),
  ];
}
