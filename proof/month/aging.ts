import type { RetireReport } from '../../core/retire/retire-report.ts';
import type { Simulation } from '../../simulator/pipeline/simulation.ts';
import type { Image } from '../../simulator/aws/state/images.ts';
import type { ServerLife } from './servers.ts';

// All instants are ISO 8601 in virtual time.

/** What the simulated account shows of aging images: a look a day, the servers, and the runs of retire-images. */
export interface Aging {
  looks: AgingLook[];
  servers: ServerLife[];
  runs: RetireRun[];
}

/** The account at one time. */
export interface AgingLook {
  at: string;
  /** Every AMI that carries the tags of a build, in any region and account. An AMI that has not changed is the same object as in the look before. */
  amis: AmiSeen[];
  /** The builds that parameters of channels name, by recipe. */
  held: Record<string, string[]>;
}

export type SeenState = 'active' | 'deprecated' | 'disabled' | 'deregistered';

export interface AmiSeen {
  recipe: string;
  build: string;
  region: string;
  account: string;
  ami: string;
  state: SeenState;
  /** Snapshots of the AMI that exist; `kept` ones carry the tag of kept snapshots. */
  snapshots: number;
  kept: number;
}

/** An execution of retire-images. */
interface RetireRun {
  at: string;
  succeeded: boolean;
  /** How many images took each step, and for how many the first run only told the step. */
  counts: { deprecate: number; disable: number; deregister: number; would: number };
  savedPerMonth: number;
}

function stateOf({ state, deprecatedAt = Infinity }: Image, now: number): SeenState | undefined {
  if (state === 'disabled' || state === 'deregistered') return state;
  if (state !== 'available') return undefined;
  return deprecatedAt <= now ? 'deprecated' : 'active';
}

const isSame = (one: AmiSeen, { state, snapshots, kept }: AmiSeen): boolean =>
  one.state === state && one.snapshots === snapshots && one.kept === kept;

/** Looks at all AMIs and channels, without a call of the API. */
export function lookAt({ cloud, clock }: Simulation, regions: string[], before: AgingLook | undefined): AgingLook {
  const known = new Map(before?.amis.map((one) => [`${one.region} ${one.ami}`, one]));
  const amis: AmiSeen[] = [];
  const held: AgingLook['held'] = {};
  for (const region of regions) {
    const { images, snapshots, parameters } = cloud.world.region(region);
    for (const image of images.values()) {
      const [recipe, build] = [image.tags.get('golden:recipe'), image.tags.get('golden:build')];
      const state = stateOf(image, clock.now());
      if (recipe === undefined || build === undefined || state === undefined) continue;
      const left = image.mappings.flatMap(({ snapshot }) => snapshots.get(snapshot ?? '') ?? []);
      const kept = left.filter(({ tags }) => tags.get('golden:kept') === image.id).length;
      const { owner: account, id: ami } = image;
      const seen = { recipe, build, region, account, ami, state, snapshots: left.length, kept };
      const same = known.get(`${region} ${ami}`);
      amis.push(same && isSame(same, seen) ? same : seen);
    }
    for (const { owner, name, versions } of parameters.values()) {
      const [, recipe = ''] = /^\/golden\/([^/]+)\/[^/]+$/.exec(name) ?? [];
      const build = images.get(versions.at(-1)?.value ?? '')?.tags.get('golden:build');
      if (owner !== 'aws' && recipe !== '' && build !== undefined) (held[recipe] ??= []).push(build);
    }
  }
  return { at: new Date(clock.now()).toISOString(), amis, held };
}

const stepsOf = ({ rows }: RetireReport): RetireRun['counts'] => {
  const counts = { deprecate: 0, disable: 0, deregister: 0, would: 0 };
  for (const { step, would, ends = [] } of rows)
    if (would) counts.would++;
    else if (step && ends.every(({ error }) => error === undefined)) counts[step]++;
  return counts;
};

/** Notes every execution of retire-images when it ends. */
export function watchRuns(simulation: Simulation, runs: RetireRun[]): void {
  simulation.stepFunctions.onStatusChange(({ stateMachineArn, status, arn, startDate, output }) => {
    if (status === 'RUNNING' || !stateMachineArn.endsWith('-retire-images')) return;
    const at = startDate.toISOString();
    const report = simulation.read({ execution: arn, startedAt: at }, 'retireReport');
    const { outcome } = JSON.parse(output ?? '{}') as { outcome?: { savedPerMonth?: number } };
    const none = { deprecate: 0, disable: 0, deregister: 0, would: 0 };
    runs.push({
      at,
      succeeded: status === 'SUCCEEDED',
      counts: report ? stepsOf(report) : none,
      savedPerMonth: outcome?.savedPerMonth ?? 0,
    });
  });
}
