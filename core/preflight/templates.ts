import { placeName } from '../distribute/place.ts';
import { templateName, templateProblem } from '../distribute/launch-templates.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Recipe } from '../recipe/types.ts';
import type { Facts } from './facts.ts';

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
