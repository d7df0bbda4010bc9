import { heldByOthers } from '../distribute/channel-owner.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Recipe } from '../recipe/types.ts';
import { templateName, templateProblem } from '../publish/launch-templates.ts';
import { parameterOfPlace, placeName } from '../distribute/place.ts';
import type { Facts } from './facts.ts';
import { isOff } from './regions.ts';
import { amiPattern } from '../launch/source.ts';

const path = ['publish', 'channel'];

/** What a parameter holds, if no channel can have made it. Publish could not replace it. */
export function foreignValue({ type, value }: { type: string; value: string }): string | undefined {
  if (type !== 'String') return `is a ${type}`;
  return amiPattern.test(value) ? undefined : 'holds something else than the id of an AMI';
}

/**
 * Problems with a channel that another deployment publishes to. Publish would refuse the image, but only after the whole build.
 */
export function channelProblems({ channel }: Pick<Facts, 'channel'>): Problem[] {
  if (!channel) return [];
  const { parameter, deployment, holders, foreign = {} } = channel;
  const others = Object.entries(foreign).map(([place, what]) => {
    const name = parameterOfPlace(parameter, { id: place.split('/')[1] });
    const message = `${name} in ${place.split('/')[0]} ${what}, so Publish could not replace it; delete the parameter, or publish to another channel`;
    return { path, message };
  });
  const found = Object.values(holders).flatMap((seen) => seen.found ?? []);
  return [...heldByOthers(parameter, deployment, found).map((message) => ({ path, message })), ...others];
}

/** Notes on regions whose channel AWS does not let us read. A region that is disabled already has a note. */
export function channelNotes({ channel, regions }: Pick<Facts, 'channel' | 'regions'>): Problem[] {
  return Object.entries(channel?.holders ?? {}).flatMap(([region, { refused }]) => {
    if (refused === undefined || isOff({ regions }, region.split('/')[0] ?? '')) return [];
    const message = `could not look at what the channel holds in ${region} before the build, so Publish may refuse the image: ${refused}`;
    return [{ path, message }];
  });
}

/** Launch templates that Publish would refuse to make a version of, but only after the whole build. */
export function templateProblems(
  { name, distribute }: Recipe,
  { templates = {} }: Pick<Facts, 'templates'>,
): Problem[] {
  return distribute.flatMap(({ launchTemplate: template, ...at }, index) => {
    const seen = templates[placeName(at)];
    if (!template || !seen || seen.refused !== undefined) return [];
    const message = templateProblem(name, { ...at, template }, seen.found);
    return message === undefined ? [] : [{ path: ['distribute', index, 'launchTemplate'], message }];
  });
}

/** Launch templates that AWS does not let us see before the build. */
export function templateNotes({ distribute }: Recipe, { templates = {} }: Pick<Facts, 'templates'>): Problem[] {
  return distribute.flatMap(({ launchTemplate: template, ...at }, index) => {
    const refused = templates[placeName(at)]?.refused;
    if (!template || refused === undefined) return [];
    const what = `the launch template ${templateName(template)} in ${placeName(at)}`;
    const message = `could not look at ${what} before the build, so Publish may refuse the image: ${refused}`;
    return [{ path: ['distribute', index, 'launchTemplate'], message }];
  });
}
