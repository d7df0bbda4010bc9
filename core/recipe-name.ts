/** Words of lower-case letters and digits with single hyphens between them, as in names of channels. */
export const nameForm = '[a-z0-9]+(-[a-z0-9]+)*';
/** The same for a recipe, whose words can also have underscores between them: a variant is called `base-x86_64`. */
export const recipeNameForm = '[a-z0-9]+([-_][a-z0-9]+)*';
export const longestRecipeName = 48;

const wholeName = new RegExp(`^${recipeNameForm}$`);

/** Whether a recipe may have this name. */
export const isRecipeName = (text: string): boolean => text.length <= longestRecipeName && wholeName.test(text);
