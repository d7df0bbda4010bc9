import { rollbackOrder } from '../channel/candidates.ts';
import { happened, type Move } from '../channel/channel-record.ts';

/** A channel of a recipe, as its document and its parameters show it. */
export interface ChannelSeen {
  parameter: string;
  /** The builds that its parameters point at, in any region. */
  holds: string[];
  moves: Move[];
  /** A move that is underway. */
  underway?: Move | undefined;
}

/** The builds of a recipe. */
interface RecipeBuilds {
  /** Published builds with an AMI that can be launched. */
  launchable: string[];
  /** All published builds, with an AMI in any state. */
  published: string[];
  channels: ChannelSeen[];
  /** How many of the newest builds stay. */
  keep: number;
}

const newestFirst = (builds: string[]): string[] => [...new Set(builds)].toSorted().toReversed();

/** The builds that a channel needs: those that it holds, those of a move that is underway, and the one that a rollback goes to. */
function neededBy({ parameter, holds, moves, underway }: ChannelSeen, launchable: string[]): Map<string, string> {
  const needed = new Map<string, string>();
  // A parameter that somebody deleted still means the build that the last move put there.
  const moved = moves.findLast(happened)?.to.build;
  const current = [...new Set([...holds, ...(moved === undefined ? [] : [moved])])];
  for (const build of current) {
    const target = rollbackOrder(moves, build, launchable).find((one) => launchable.includes(one));
    if (target !== undefined) needed.set(target, `a rollback of ${parameter} would go to it`);
  }
  for (const build of [underway?.from?.build, underway?.to.build])
    if (build !== undefined) needed.set(build, `${parameter} is being moved`);
  for (const build of current) needed.set(build, `${parameter} holds it`);
  return needed;
}

/** The builds that channels and their rollbacks need, each with the reason. */
export function neededBuilds({
  channels,
  launchable,
}: Pick<RecipeBuilds, 'channels' | 'launchable'>): Map<string, string> {
  const all = channels.map((channel) => [...neededBy(channel, launchable)]);
  // What a channel holds is a better reason than a rollback, so it is written over it.
  const [held, others] = [true, false].map((wanted) =>
    all.flat().filter(([, reason]) => reason.endsWith('holds it') === wanted),
  );
  return new Map([...(others ?? []), ...(held ?? [])]);
}

/**
 * Every build that stays as it is, each with the reason: what channels and rollbacks need, anything that is newer, and the newest
 * builds of the recipe.
 */
export function heldBuilds(recipe: RecipeBuilds): Map<string, string> {
  const { published, keep } = recipe;
  const held = neededBuilds(recipe);
  const oldest = [...held.keys()].toSorted()[0];
  for (const build of published)
    if (oldest !== undefined && build > oldest && !held.has(build))
      held.set(build, `it is newer than ${oldest}, which is needed`);
  for (const build of newestFirst(published).slice(0, keep))
    if (!held.has(build)) held.set(build, `it is one of the newest ${keep}`);
  return held;
}
