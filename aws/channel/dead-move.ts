import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import { type RevokedBuild, onlyImage } from '../../core/channel/revocation.ts';
import { buildKey, type BuildIdentity } from '../../core/tags.ts';
import { buildsFolder, recipeFolder } from '../../core/memory/documents.ts';
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

/** The builds that an execution was to revoke or restore, once it has begun to. */
async function revokedBy(artifacts: Artifacts, asked: BuildIdentity, execution: string): Promise<RevokedBuild[]> {
  const variants = (await readDocument(artifacts, asked, 'variants'))?.variants ?? {};
  const first = [asked, ...Object.keys(variants).map((recipe) => ({ recipe, build: asked.build }))];
  const read = async (one: BuildIdentity) => {
    const found = await readDocument(artifacts, one, 'revocation');
    return { one, found: found?.execution === execution ? found : undefined };
  };
  const begun = (await Promise.all(first.map(read))).flatMap(({ one, found }) =>
    found ? (found.together ?? [one]) : [],
  );
  const builds = [...new Map(begun.map((one) => [buildKey(one), one])).values()];
  return Promise.all(
    builds.map(async (one) => ({ ...one, images: ((await read(one)).found?.images ?? []).map(onlyImage) })),
  );
}

/** Finds in the bucket what a dead execution left. An execution that undid another and died leaves what that one left. */
export async function leftBy(artifacts: Artifacts, execution: string): Promise<DeadMove> {
  const input = ((await inputOf(artifacts.aws, execution)) ?? {}) as MoveInput;
  const { recipe, verb, build, detail } = input;
  if (typeof detail?.executionArn === 'string') return leftBy(artifacts, detail.executionArn);
  if (typeof recipe !== 'string') return { execution, moves: [], builds: [] };
  // A revoke of descendants moves the channels of other recipes, too. The names of variants begin with that of their recipe.
  const prefix = verb === 'revoke' ? buildsFolder : recipeFolder({ recipe }).slice(0, -1);
  const recipes = (await listArtifacts(artifacts, prefix, '/')).map(({ key }) => key.slice(buildsFolder.length, -1));
  const moves = await Promise.all(
    [...new Set([recipe, ...recipes])].map((name) => underwayIn(artifacts, name, execution)),
  );
  const builds = typeof build === 'string' ? await revokedBy(artifacts, { recipe, build }, execution) : [];
  return { execution, moves: moves.flat(), builds };
}
