import { channelOf } from '../../core/channel/channel-moves.ts';
import { isRevoked, saysRevoked } from '../../core/channel/revocation.ts';
import { heldContent, saysHeld } from '../../core/channel/held-content.ts';
import { fewOf, targetIn } from '../../core/distribute/distribution.ts';
import { parameterOfPlace, onlyPlace, type Place } from '../../core/distribute/place.ts';
import { Failure, lastingFailure } from '../../core/errors.ts';
import type { Plan } from '../../core/build/plan.ts';
import type { RecipeRecord } from '../../core/build/record.ts';
import { encryptionWrongs } from '../../core/distribute/lasting.ts';
import { outdated, publishedTargets, unhealthy, type TargetSeen } from '../../core/start/up-to-date.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import type { Connection } from '../connection.ts';
import { readParameter } from '../parameters.ts';
import { observeImage } from './targets.ts';

/** The published build that already fulfils a request, or why there is none. `notes` tell the looks that AWS refused. */
export type UpToDate = { notes?: string[] } & (
  { current: string; because?: never } | { current?: never; because: string }
);

/**
 * Finds the published build that equals what a plan would build, in every target, or says why there is none. Regions are looked
 * at only if the record does not decide.
 * @throws AwsTransient if AWS throttles a look: an unknown answer is a reason neither to build nor to skip. ContentHeld if somebody
 * has taken an image of this content back from its channel.
 */
export async function findUpToDate(
  artifacts: Artifacts,
  plan: Plan,
  record: RecipeRecord,
  now: Date,
): Promise<UpToDate> {
  const found = await compare(artifacts, plan, record, now);
  const about = found.current === undefined && record.published ? channelOf(plan) : undefined;
  const held = about && heldContent(await readDocument(artifacts, about, 'channel'), plan.digest);
  if (held) throw new Failure('ContentHeld', saysHeld(held));
  if (found.current === undefined) await refuseRevoked(artifacts, plan, record);
  return found;
}

/** @throws ContentHeld if the recipe's newest published build has the plan's content and is revoked. */
async function refuseRevoked(artifacts: Artifacts, plan: Plan, { published }: RecipeRecord): Promise<void> {
  if (published?.digest !== plan.digest) return;
  const revocation = await readDocument(artifacts, { recipe: plan.recipe, build: published.build }, 'revocation');
  if (isRevoked(revocation))
    throw new Failure('ContentHeld', `the content is the same: ${saysRevoked(published.build, revocation)}`);
}

async function compare(artifacts: Artifacts, plan: Plan, { published }: RecipeRecord, now: Date): Promise<UpToDate> {
  if (!published) return { because: 'no build of the recipe was published yet' };
  const { build } = published;
  const changed = outdated(plan, published, now);
  if (changed !== undefined) return { because: changed };
  const manifest = await readDocument(artifacts, { recipe: plan.recipe, build }, 'manifest');
  const targets = publishedTargets(build, manifest);
  if (typeof targets === 'string') return { because: targets };

  const seen = await Promise.all(
    targets.map(({ ami, ...at }) => lookAt(artifacts.aws, plan, onlyPlace(at), ami ?? '', plan.channel)),
  );
  const wrong = unhealthy(plan, targets, seen, now, published.carries);
  const notes = seen.flatMap(({ refused }) =>
    refused === undefined ? [] : [`could not see whether the published image is up to date: ${refused}`],
  );
  return wrong.length > 0 ? { because: fewOf(wrong, '; '), notes } : { current: build };
}

async function lookAt(
  aws: Connection,
  plan: Plan,
  at: Place,
  ami: string,
  parameter: string | undefined,
): Promise<TargetSeen> {
  try {
    const target = targetIn(plan, at);
    const observed = await observeImage(aws, plan, target, ami);
    const wrong = encryptionWrongs(plan, target, observed).map(({ says }) => says);
    return {
      ...at,
      image: observed.image,
      wrong,
      channel: parameter && (await readParameter(aws, at.region, parameterOfPlace(parameter, at))),
    };
  } catch (error) {
    return { ...at, refused: lastingFailure(error).message };
  }
}
