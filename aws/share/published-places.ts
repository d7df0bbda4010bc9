import {
  accountCopiesOf,
  inAccountPlace,
  onlyAccountPlace,
  type AccountCopy,
} from '../../core/accounts/account-copies.ts';
import type { Plan } from '../../core/build/plan.ts';
import { happened, type Move } from '../../core/channel/channel-record.ts';
import { channelParameter } from '../../core/distribute/channel.ts';
import { imageTags } from '../../core/distribute/image-name.ts';
import { inPlace, onlyPlace, parameterOfPlace } from '../../core/distribute/place.ts';
import { templateName } from '../../core/publish/launch-templates.ts';
import type { LaunchTemplate, Recipe, Target } from '../../core/recipe/types.ts';
import { isMoving, type PublishedSeen } from '../../core/share/drift.ts';
import { buildTags } from '../../core/tags.ts';
import { publishedCopies } from '../accounts/published-copies.ts';
import { lentAccounts } from './lent-accounts.ts';
import { settledChannel } from '../memory/channel-records.ts';
import { channelNames } from '../memory/channel-names.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';
import type { Artifacts } from '../memory/artifacts.ts';

/** What a channel must hold in one place by its last move. */
export interface HeldPlace extends Omit<PublishedSeen, 'image' | 'permissions'> {
  /** Absent where no parameter points at the image. */
  parameter?: string;
  /** Its default version is to have the image. Absent where the recipe sets none. */
  template?: LaunchTemplate;
  /** A copy in another account, which is looked at by its role. */
  copy?: AccountCopy;
  /** Accounts that use the image while a distribution makes their copies. */
  lent: string[];
}

/** A channel of a recipe with what its last move wrote. */
interface Held {
  recipe: Recipe;
  channel: string;
  /** Of the pipeline's own account. */
  parameter: string;
  build: string;
  plan: Plan | undefined;
  owner: string;
}

/** What the channels of a recipe must hold. Channels that are being moved are left out. */
export async function publishedPlaces(
  artifacts: Artifacts,
  recipe: Recipe,
  { channelRoot, owner, now }: { channelRoot: string; owner: string; now: Date },
): Promise<HeldPlace[]> {
  const places: HeldPlace[] = [];
  for (const channel of await channelNames(artifacts, recipe.name, recipe.publish?.channel)) {
    const { record, mover } = await settledChannel(artifacts, { recipe: recipe.name, channel }, []);
    if (isMoving(record?.underway, mover, now)) continue;
    const last = mover === 'complete' ? record?.underway : record?.moves.findLast(happened);
    const written = last ? { build: last.to.build, images: last.after } : await publishedBefore(artifacts, recipe.name);
    if (!written) continue;
    const { build, images } = written;
    const plan = await readDocument(artifacts, { recipe: recipe.name, build }, 'plan');
    const parameter = channelParameter(channelRoot, recipe.name, channel);
    const held: Held = { recipe, channel, parameter, build, plan, owner };
    for (const image of images)
      places.push({ ...placeOf(held, image), lent: await lentAccounts(artifacts.aws, plan, onlyPlace(image)) });
    places.push(...(await copiesOf(artifacts, held, last)));
  }
  return places;
}

/** For a channel that has no document: it was written by an earlier version of the pipeline. */
async function publishedBefore(
  artifacts: Artifacts,
  recipe: string,
): Promise<{ build: string; images: Move['after'] } | undefined> {
  const { published } = await readRecord(artifacts, recipe);
  return published?.images && { build: published.build, images: published.images };
}

const tagsOf = ({ recipe, build, plan }: Held, planned: Target | undefined) =>
  plan && planned ? imageTags(plan, planned) : buildTags({ recipe: recipe.name, build }, 'image');

function placeOf(held: Held, { ami, ...at }: Move['after'][number]): Omit<HeldPlace, 'lent'> {
  const { recipe, channel, build, plan, owner } = held;
  const target = inPlace(recipe.distribute, at);
  const planned = plan && inPlace(plan.document.distribute, at);
  const names = [target, planned].map((one) => one?.launchTemplate && templateName(one.launchTemplate));
  // Only the recipe's own channel moves launch templates. One that came to the recipe later has no version of this build.
  const isSet = channel === recipe.publish?.channel && target?.launchTemplate?.setDefault && names[0] === names[1];
  return {
    recipe: recipe.name,
    channel,
    ...onlyPlace(at),
    ami,
    build,
    owner,
    parameter: parameterOfPlace(held.parameter, at),
    tags: tagsOf(held, planned),
    target,
    ...(isSet && { template: target.launchTemplate }),
  };
}

/** What a publish or a distribution has made in other accounts is in the build's ledger, all of it together. */
const isPublish = (move: Move | undefined) => move === undefined || /^(publish|distribute)$/.test(move.verb);

/** The copies in the accounts that are targets of the recipe. An account that left the recipe need not let the pipeline in. */
async function copiesOf(artifacts: Artifacts, held: Held, last: Move | undefined): Promise<HeldPlace[]> {
  const { recipe, channel, build, plan } = held;
  if (accountCopiesOf(recipe).length === 0) return [];
  const known = await publishedCopies(artifacts, { recipe: recipe.name, build });
  const { before: told, after } = isPublish(last) ? known : (last?.accounts ?? { ...known, before: [] });
  return after.flatMap(({ ami, ...found }) => {
    const at = onlyAccountPlace(found);
    const copy = inAccountPlace(accountCopiesOf(recipe), at);
    if (!copy) return [];
    const planned = plan && inAccountPlace(accountCopiesOf(plan.document), at);
    return {
      recipe: recipe.name,
      channel,
      ...at,
      ami,
      build,
      owner: at.account,
      ...(inAccountPlace(told, at) && { parameter: parameterOfPlace(held.parameter, at) }),
      tags: tagsOf(held, planned),
      target: copy,
      copy,
      lent: [],
    };
  });
}
