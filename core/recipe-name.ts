/** Words of lower-case letters and digits with single hyphens between them, as in names of recipes and channels. */
export const nameForm = '[a-z0-9]+(-[a-z0-9]+)*';
export const longestRecipeName = 48;

const wholeName = new RegExp(`^${nameForm}$`);

/** Whether a recipe may have this name. */
export const isRecipeName = (text: string): boolean => text.length <= longestRecipeName && wholeName.test(text);
