import * as z from 'zod/mini';
import type { Problem } from '../recipe/recipe.ts';
import { requestIn, requestKeys, requestNames, requestSays } from '../start/request.ts';

/** The input of an execution of share-image. `{"recipe": "al2023-base"}` is enough. */
const ShareInput = z.strictObject({
  recipe: requestNames.name,
  /** The build whose images are shared. Absent for the images that the recipe's channels hold. */
  build: z.optional(requestNames.build),
  ...requestKeys,
});

type ShareRequest = z.infer<typeof ShareInput>;

const demanded = {
  schema: ShareInput,
  says: requestSays,
  otherwise: 'the execution input must be an object like {"recipe": "al2023-base"}',
};

/** What an execution's input asks for, or everything that is wrong with the input. */
export const shareRequest = (input: unknown): { request: ShareRequest } | { problems: Problem[] } =>
  requestIn(input, demanded);
