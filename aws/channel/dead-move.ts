import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { type RevokedBuild, onlyImage } from '../../core/channel/revocation.ts';
import { buildKey } from '../../core/tags.ts';
import { buildsFolder } from '../../core/memory/documents.ts';
import { inputOf } from '../executions/executions.ts';
import { listArtifacts, type Artifacts } from '../memory/artifacts.ts';
import { channelNames } from '../memory/channel-names.ts';
import { readDocument } from '../memory/documents.ts';

interface MoveInput {
  recipe?: unknown;
  verb?: unknown;
  build?: unknown;
  detail?: { executionArn?: unknown };
}

/** What an execution of move-channel had begun and not ended when it died. */
interface DeadMove {
  execution: string;
  moves: PlannedMove[];
  builds: RevokedBuild[];
}

async function underwayIn(artifacts: Artifacts, recipe: string, execution: string): Promise<PlannedMove[]> {
  const names = await channelNames(artifacts, recipe);
  const found = names.map(async (channel): Promise<PlannedMove[]> => {
    const record = await readDocument(artifacts, { recipe, channel }, 'channel');
    if (record?.underway?.execution !== execution) return [];
    return [{ recipe, channel, parameter: record.parameter, move: record.underway }];
  });
  return (await Promise.all(found)).flat();
}

async function revokedBy(
  artifacts: Artifacts,
  recipe: string,
  build: string,
  execution: string,
): Promise<RevokedBuild[]> {
  const found = await readDocument(artifacts, { recipe, build }, 'revocation');
  if (found?.execution !== execution) return [];
  return [{ recipe, build, images: found.images.map(onlyImage) }];
}

/** Finds in the bucket what a dead execution left. An execution that undid another and died leaves what that one left. */
export async function leftBy(artifacts: Artifacts, execution: string): Promise<DeadMove> {
  const input = ((await inputOf(artifacts.aws, execution)) ?? {}) as MoveInput;
  const { recipe, verb, build, detail } = input;
  if (typeof detail?.executionArn === 'string') return leftBy(artifacts, detail.executionArn);
  if (typeof recipe !== 'string') return { execution, moves: [], builds: [] };
  // A revoke of descendants moves the channels of other recipes, too.
  const folders = verb === 'revoke' ? await listArtifacts(artifacts, buildsFolder, '/') : [];
  const recipes = folders.map(({ key }) => key.slice(buildsFolder.length, -1));
  const moves = await Promise.all(
    [...new Set([recipe, ...recipes])].map((name) => underwayIn(artifacts, name, execution)),
  );
  const own = typeof build === 'string' ? { recipe, build } : undefined;
  const first = own && (await readDocument(artifacts, own, 'revocation'));
  const together = own ? [own, ...(first?.together ?? [])] : [];
  const builds = [...new Map(together.map((one) => [buildKey(one), one])).values()];
  const revoked = await Promise.all(builds.map((one) => revokedBy(artifacts, one.recipe, one.build, execution)));
  return { execution, moves: moves.flat(), builds: revoked.flat() };
}
