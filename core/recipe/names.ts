import * as z from 'zod/mini';
import { longestRecipeName, nameForm, recipeNameForm } from '../recipe-name.ts';
import { formed } from './scalars.ts';

/** Part of a recipe's name, such as that of a variant. */
export const recipeNamePart = z
  .string()
  .check(
    formed(
      new RegExp(`^${recipeNameForm}$`),
      'be lower-case letters and digits, with single hyphens or underscores between them',
    ),
  );

export const recipeName = recipeNamePart.check(z.maxLength(longestRecipeName));

/** A channel of a recipe, as another recipe names it. */
export const channelPath = z
  .string()
  .check(formed(new RegExp(`^${recipeNameForm}/${nameForm}$`), 'be <recipe>/<channel>'), z.maxLength(97));
