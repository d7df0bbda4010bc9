// A move: each channel in all regions or in none, and the permissions and states of images exactly old or new.
import { inAccountPlace } from '../../../core/accounts/account-copies.ts';
import type { PlannedMove } from '../../../core/channel/channel-moves.ts';
import { happened, type Move } from '../../../core/channel/channel-record.ts';
import type { RevokedBuild } from '../../../core/channel/revocation.ts';
import { parameterOfPlace } from '../../../core/distribute/place.ts';
import type { Simulation } from '../../../simulator/pipeline/simulation.ts';
import { brief } from '../judge/expectation.ts';
import type { Violation } from '../judge/violation.ts';
import {
  changedIn,
  channelFact,
  imageFact,
  imageSays,
  snapshotFact,
  snapshotSays,
  templateFact,
  type SeenFacts,
} from './facts.ts';
import type { OperationTrial } from './operation.ts';
import { denials, ends, isMoody, isMute, saidIn, wasEnded } from './told.ts';

interface MovePlan {
  moves: PlannedMove[];
  builds: RevokedBuild[];
  images: { disable: boolean; enable: boolean };
  rebuild: string[];
}

/** What a channel holds after a move: in this account, in others that are told of their copies, and beside it launch templates. */
function wantedOfMove({ before }: OperationTrial, parameter: string, { after, accounts, templates }: Move): SeenFacts {
  const told = (accounts?.after ?? []).filter((one) => inAccountPlace(accounts?.before ?? [], one));
  const versions = (templates ?? []).map(({ template, region, ami, makes, setDefault }): [string, string] => {
    const fact = templateFact(template, region);
    const known = (before.get(fact) ?? '').split(' ').map((one) => (setDefault ? one.replace('*', '') : one));
    const all = makes ? [...known, ami] : known;
    const ours = setDefault ? all.lastIndexOf(ami) : -1;
    return [fact, all.map((one, index) => (index === ours ? `${one}*` : one)).join(' ')];
  });
  return new Map([
    ...after.map(({ ami, ...at }) => [channelFact(parameterOfPlace(parameter, at), at.region), ami] as const),
    ...told.map(
      ({ ami, ...at }) => [channelFact(parameterOfPlace(parameter, at), at.region, at.account), ami] as const,
    ),
    ...versions,
  ]);
}

/** The images of a build and their snapshots: nobody may use them, or exactly those who might before. */
function wantedOfImages(simulation: Simulation, build: RevokedBuild, disables: boolean): [string, string][] {
  const saved = simulation.read(build, 'revocation')?.images ?? [];
  return build.images.flatMap(({ region, ami }): [string, string][] => {
    const { users = [], snapshotUsers = {} } = saved.find((one) => one.ami === ami) ?? {};
    const { mappings = [] } = simulation.cloud.world.region(region).images.get(ami) ?? {};
    const snapshots = mappings.flatMap(({ snapshot }) => snapshot ?? []);
    return [
      [imageFact(ami, region), disables ? imageSays('disabled', []) : imageSays('available', users)],
      ...snapshots.map((id): [string, string] => [
        snapshotFact(id, region),
        snapshotSays(disables ? [] : (snapshotUsers[id] ?? [])),
      ]),
    ];
  });
}

/** The facts that change if all of a plan is done. Those of one channel change together, and those of all images do. */
function wantedGroups(trial: OperationTrial): Map<string, SeenFacts> {
  const { planned, prepared } = trial;
  const { moves: all, builds, images } = (planned ?? { moves: [], builds: [], images: {} }) as unknown as MovePlan;
  const groups = new Map<string, SeenFacts>();
  for (const { parameter, move } of all) groups.set(parameter, wantedOfMove(trial, parameter, move));
  if (images.disable || images.enable)
    groups.set('images', new Map(builds.flatMap((one) => wantedOfImages(prepared.simulation, one, images.disable))));
  return groups;
}

type Ending = 'old' | 'new' | 'both' | 'mixed';

/** Whether the facts of a group are all old or all new. `both`: the operation changes nothing of the group. */
function endingOf(wanted: SeenFacts, { before, after }: OperationTrial): Ending {
  const changing = [...wanted].filter(([fact, value]) => before.get(fact) !== value);
  if (changing.length === 0) return 'both';
  if (changing.every(([fact, value]) => after.get(fact) === value)) return 'new';
  return changing.every(([fact]) => after.get(fact) === before.get(fact)) ? 'old' : 'mixed';
}

const isNew = (ending: Ending | undefined) => ending === 'new' || ending === 'both';

/**
 * Whether somebody learns that a group may be neither old nor new. An execution that undoes a dead one, and that may not read what
 * it left, names only what was refused.
 */
function isTold(trial: OperationTrial, group: string): boolean {
  const words = saidIn(trial);
  if (words.includes('left: ') && (group === 'images' || words.includes(group))) return true;
  const isBlind = denials(trial).some(({ place, at }) => place === 'move/UndoMove' && /^(s3|sfn):/.test(String(at)));
  return isBlind && wasEnded(trial.first) && trial.executions.some(({ status }) => status === 'FAILED');
}

export function judgeMoved(trial: OperationTrial): Violation[] {
  const groups = wantedGroups(trial);
  const endings = new Map([...groups].map(([name, facts]) => [name, endingOf(facts, trial)] as const));
  return [
    ...ends(trial),
    ...allOrNothing(trial, endings),
    ...untouched(trial, groups),
    ...history(trial, endings),
    ...revocations(trial, endings.get('images')),
    ...rebuilt(trial),
  ];
}

function allOrNothing(trial: OperationTrial, endings: Map<string, Ending>): Violation[] {
  const broken = (what: string): Violation => ({ invariant: 'channel all or nothing', what });
  const { first, second } = trial;
  const succeeded = [first, second].some((one) => one?.status === 'SUCCEEDED');
  const found: Violation[] = [];
  for (const [name, ending] of endings) {
    if (ending === 'mixed' && !isTold(trial, name))
      found.push(broken(`${name} is neither old nor new, and nothing says so: ${brief(saidIn(trial))}`));
    if (succeeded && !isNew(ending)) found.push(broken(`it succeeded, and ${name} is ${ending}`));
  }
  const channels = [...endings].filter(([name]) => name !== 'images');
  if (
    endings.get('images') === 'new' &&
    trial.planned &&
    isDisabling(trial) &&
    !channels.every(([, one]) => isNew(one))
  )
    found.push(broken('images are disabled, and a channel still holds them'));
  const apart = new Set(channels.flatMap(([, one]) => (one === 'both' ? [] : [one])));
  if (apart.size > 1 && !channels.some(([name]) => isTold(trial, name)))
    found.push(broken(`of several channels, some have moved and others have not: ${brief(saidIn(trial))}`));
  const moved = channels.filter(([, one]) => one === 'new').map(([name]) => name);
  const failed = !succeeded && first.status === 'FAILED' && !isMute(trial);
  for (const name of moved)
    if (failed && !saidIn(trial).includes(name))
      found.push(broken(`it failed, but ${name} has moved, and nothing says so: ${brief(saidIn(trial))}`));
  return found;
}

const isDisabling = ({ planned }: OperationTrial): boolean =>
  (planned as unknown as MovePlan | undefined)?.images.disable === true;

/** Nothing changes but the channels and images of the plan. A rebuild of descendants makes something new. */
function untouched({ before, after, planned }: OperationTrial, groups: Map<string, SeenFacts>): Violation[] {
  const named = new Set([...groups.values()].flatMap((facts) => [...facts.keys()]));
  const isRebuild = ((planned as unknown as MovePlan | undefined)?.rebuild.length ?? 0) > 0;
  return (
    changedIn(before, after)
      // An instance that a dead build left ends itself.
      .filter((fact) => after.has(fact) || !/^(instance|volume) /.test(fact))
      .filter((fact) => !named.has(fact) && !(isRebuild && (!before.has(fact) || fact.includes('/child/'))))
      .map((fact) => ({ invariant: 'nothing left', what: `${fact}: ${before.get(fact)}, now ${after.get(fact)}` }))
  );
}

const executionsOf = ({ executions }: OperationTrial) => new Set(executions.map(({ arn }) => arn));

/** The history of each channel says what happened, once, and no move is underway. */
function history(trial: OperationTrial, endings: Map<string, Ending>): Violation[] {
  const { first, prepared, planned } = trial;
  const broken = (what: string): Violation => ({ invariant: 'told', what });
  const { moves: all } = (planned ?? { moves: [] }) as unknown as MovePlan;
  return all.flatMap(({ recipe, channel, parameter }): Violation[] => {
    const record = prepared.simulation.read({ recipe, channel }, 'channel');
    const own = (record?.moves ?? []).filter(({ execution }) => execution === first.arn);
    const ending = endings.get(parameter);
    // Somebody must mend what could not be restored. Until then, the move stays underway, and is told.
    const isLeft = isTold(trial, parameter);
    const found: Violation[] = [];
    const isOurs = executionsOf(trial).has(record?.underway?.execution ?? '');
    if (isOurs && !isLeft) found.push(broken(`a move of ${parameter} stays underway`));
    if (own.length > 1) found.push(broken(`the history of ${parameter} has the move ${own.length} times`));
    const [entry] = own;
    if (trial.second) return found;
    if (ending === 'new' && !(entry && happened(entry)) && !isLeft)
      found.push(broken(`${parameter} has moved, and its history does not say so`));
    if (ending === 'old' && entry && happened(entry))
      found.push(broken(`${parameter} has not moved, and its history says that it has`));
    return found;
  });
}

/** The record of a revoke says whether the images are disabled. */
function revocations(trial: OperationTrial, ending: Ending | undefined): Violation[] {
  if (ending === undefined || ending === 'mixed') return [];
  const { builds, images } = trial.planned as unknown as MovePlan;
  const isRevoked = images.disable === (ending === 'new');
  return builds.flatMap((build): Violation[] => {
    const { state = 'restored' } = trial.prepared.simulation.read(build, 'revocation') ?? {};
    if (state === (isRevoked ? 'revoked' : 'restored') || isTold(trial, 'images')) return [];
    const what = `the images of ${build.build} are ${isRevoked ? 'disabled' : 'enabled'}, and the record says ${state}`;
    return [{ invariant: 'told', what }];
  });
}

/** Descendants are built again once, from the image that the channel came back to. A refusal keeps the revoke, and is told. */
function rebuilt(trial: OperationTrial): Violation[] {
  const { planned, first, second, executions, scenario } = trial;
  const { rebuild = [] } = (planned ?? {}) as Partial<MovePlan>;
  if (rebuild.length === 0 || isMoody(scenario)) return [];
  const builds = executions.filter(({ stateMachineArn }) => stateMachineArn.endsWith('-build-image'));
  const succeeded = [first, second].some((one) => one?.status === 'SUCCEEDED');
  const isOnce = builds.length === 1 && builds[0]?.status === 'SUCCEEDED';
  const { rebuilding } = JSON.parse(first.output ?? '{}') as { rebuilding?: { refused?: string[] } };
  if (builds.length === 0 && rebuilding?.refused?.length === rebuild.length) return [];
  if (succeeded ? isOnce : builds.length <= 1) return [];
  return [
    {
      invariant: 'completes',
      what: `descendants were built ${builds.length} times: ${builds.map((one) => one.cause).join()}`,
    },
  ];
}
