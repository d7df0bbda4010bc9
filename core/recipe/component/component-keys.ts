import * as z from 'zod/mini';
import { formed, pathBelow } from '../scalars.ts';

/** `component` of a step or check: a component document of EC2 Image Builder beside the recipe. */
export const component = z
  .strictObject({
    file: pathBelow('components/nginx.yml').check(
      z.regex(/\.ya?ml$/, {
        error: ({ input }) =>
          String(input).startsWith('arn:')
            ? `is an ARN: save the document beside the recipe, so that Git has it: aws imagebuilder get-component --component-build-version-arn ${input} --query component.data --output text`
            : `must be a .yml or .yaml file, got ${JSON.stringify(input)}`,
      }),
      z.describe("Component document, by its path below the recipe's folder, such as components/nginx.yml."),
    ),
    parameters: z.exactOptional(
      z
        .record(
          z
            .string()
            .check(formed(/^[A-Za-z0-9_-]{3,128}$/, 'be the name of a parameter: 3 to 128 letters, digits, - and _')),
          z.string().check(z.minLength(1), z.maxLength(4000)),
        )
        .check(z.describe('Values of the parameters of the document, as text.')),
    ),
  })
  .check(
    z.describe(
      'Runs a component document of EC2 Image Builder by AWSTOE: { file: components/nginx.yml }. A step runs its phases build and validate on the builder, a check its phase test on the candidate.',
    ),
  );
