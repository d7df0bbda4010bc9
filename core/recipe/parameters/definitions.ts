import * as z from 'zod/mini';
import { holds, oneLine } from '../scalars.ts';

const isPattern = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const text = z.string().check(z.maxLength(1000));

/** A value of a parameter, of any type. */
export const parameterValue = z.union([text, z.number(), z.boolean(), z.array(text).check(z.maxLength(100))], {
  error: 'must be text, a number, true or false, or a list of texts',
});

const definition = z
  .strictObject({
    type: z
      ._default(z.enum(['string', 'number', 'boolean', 'list']), 'string')
      .check(
        z.describe(
          'What the value is. Where `${{ parameters.name }}` is the whole value of a key, the key gets a number, a boolean or a list of texts as such.',
        ),
      ),
    description: z.exactOptional(
      z.string().check(z.maxLength(500), oneLine, z.describe('What the parameter is for, for those who start builds.')),
    ),
    default: z.exactOptional(
      parameterValue.check(z.describe('Value of builds that give none. Without a default, each start must give one.')),
    ),
    example: z.exactOptional(
      parameterValue.check(
        z.describe(
          'A value such as starts may give. Needed if there is neither default nor allowed, because golden validate judges the recipe with it.',
        ),
      ),
    ),
    pattern: z.exactOptional(
      z
        .string()
        .check(
          z.maxLength(200),
          holds(isPattern, 'be a regular expression of JavaScript'),
          z.describe(
            'Regular expression that the whole text matches, such as \\d+\\.\\d+; in a list each text. If there is neither pattern nor allowed, a text has only letters, digits and ._:/@+=,- and does not begin with a hyphen, so that it is harmless in commands.',
          ),
        ),
    ),
    allowed: z.exactOptional(
      z
        .array(z.union([text, z.number()], { error: 'must be text or a number' }))
        .check(z.minLength(1), z.maxLength(100), z.describe('The only values that it takes; in a list, each text.')),
    ),
  })
  .check(z.describe('One parameter.'));

export type ParameterDefinition = z.output<typeof definition>;

/** The key `parameters` of a recipe. */
export const parameters = z
  .record(
    z
      .string()
      .check(
        z.regex(
          /^[A-Za-z][\w-]{0,63}$/,
          'must begin with a letter and have at most 64 letters, digits, hyphens and underscores',
        ),
      ),
    definition,
  )
  .check(
    z.refine((all) => Object.keys(all).length <= 50, 'must be at most 50 parameters'),
    z.describe(
      'Values that each start of a build may give, by name. `${{ parameters.name }}` puts one into a text of the recipe: see docs/parameters.md.',
    ),
  );

export const soundDefinition = (given: unknown): ParameterDefinition | undefined => z.safeParse(definition, given).data;
