// The JSON Schemas by which editors complete and check recipes.
import * as z from 'zod/mini';
import { recipeFileSchema } from '../core/recipe/bases/base-key.ts';
import { fixedBecause } from '../core/recipe/parameters/places.ts';
import { withExamples } from './recipe-examples.ts';

export type Schema = z.core.JSONSchema.BaseSchema;

/** The schema without what only editors need. The YAML language server supports draft 7 best. */
export const strictSchema = (): Schema => z.toJSONSchema(recipeFileSchema, { io: 'input', target: 'draft-7' });

const written = (title: string, schema: Schema) => `${JSON.stringify({ title, ...schema }, null, 2)}\n`;

/** The schema for editors, which the first line of a recipe names: `# yaml-language-server: $schema=recipe.schema.json`. */
export const recipeJsonSchema = (): string => written('Recipe of a golden image', withVariants(editorSchema()));

/** The same for bases and for recipes that extend one: no key has to be there. */
export const partJsonSchema = (): string =>
  written('Part of a recipe of a golden image', withVariants(asPart(editorSchema())));

const editorSchema = (): Schema => withExpressions(withExamples(strictSchema()), []);

/**
 * A variant says a part of a recipe. What every recipe must have can be in its variants, so only a recipe without variants must have
 * it itself.
 */
function withVariants({ required, ...schema }: Schema): Schema {
  const { variants, ...others } = schema.properties as Record<string, Schema>;
  const part = { $ref: 'part.schema.json' };
  return {
    ...schema,
    properties: { ...others, variants: { ...variants, additionalProperties: part as never } as never },
    ...(required && {
      required: ['name'],
      if: { required: ['variants'] } as never,
      else: { required } as never,
    }),
  };
}

type Path = (string | number)[];

const expression = String.raw`\$\{\{`;
const anExpression = { type: 'string', pattern: expression } as const;

const mapValues = (map: Record<string, unknown>, change: (value: Schema, key: string) => Schema) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value as Schema, key)]));

/** Lets `${{ }}` stand in place of every value that takes it. */
function withExpressions(schema: Schema, path: Path): Schema {
  const { properties, items, additionalProperties: others } = schema;
  if (properties)
    return { ...schema, properties: mapValues(properties, (value, key) => withExpressions(value, [...path, key])) };
  if (typeof others === 'object')
    return { ...schema, additionalProperties: withExpressions(others as Schema, [...path, '*']) };
  if (items && !Array.isArray(items)) {
    const inner = { ...schema, items: withExpressions(items as Schema, [...path, 0]) };
    const isText = (items as Schema).type === 'string' && fixedBecause(path) === undefined;
    return isText ? { ...inner, type: ['array', 'string'] as never, pattern: expression } : inner;
  }
  return fixedBecause(path) === undefined ? orExpression(schema) : schema;
}

function orExpression(schema: Schema): Schema {
  const { type, description, default: usual, enum: words, ...rest } = schema;
  const told = { ...(description !== undefined && { description }), ...(usual !== undefined && { default: usual }) };
  if (words) return { ...told, anyOf: [{ type: type ?? 'string', enum: words } as never, anExpression] };
  if (type === 'integer' || type === 'number' || type === 'boolean')
    return { ...schema, type: [type, 'string'] as never, pattern: expression };
  if (type !== 'string' || Object.keys(rest).length === 0) return schema;
  const { allOf, pattern } = rest;
  return {
    ...schema,
    ...(pattern !== undefined && { pattern: `(?:${pattern})|${expression}` }),
    ...(allOf && { allOf: allOf.map((one) => orExpression({ type: 'string', ...(one as Schema) })) as never }),
  };
}

/**
 * A schema in which no key has to be there, and null removes the key that the base has. The entries of a list are whole, because a
 * list replaces that of the base.
 */
function asPart(schema: Schema): Schema {
  const { required: _required, oneOf: _oneOf, ...rest } = schema;
  return {
    ...rest,
    ...(rest.properties && { properties: mapValues(rest.properties, (value) => orNull(asPart(value))) }),
  };
}

function orNull(schema: Schema): Schema {
  const { type, anyOf, enum: words } = schema;
  if (anyOf) return { ...schema, anyOf: [...anyOf, { type: 'null' }] as never };
  if (typeof type !== 'string' && !Array.isArray(type)) return schema;
  return { ...schema, type: [type, 'null'].flat() as never, ...(words && { enum: [...words, null] as never }) };
}
