import * as z from 'zod/mini';
import { isMap } from '../is-map.ts';
import { explain } from '../recipe/explain.ts';
import { applyOverrides } from '../recipe/overrides.ts';
import type { Problem } from '../recipe/problems.ts';
import { parseRecipe, type ParsedRecipe } from '../recipe/recipe.ts';
import type { Path } from '../recipe/rules/rule.ts';
import { recipeName } from '../recipe/names.ts';
import { hasVariants } from './names.ts';
import { ofTheWhole, variantDocuments, type VariantDocument } from './variant-documents.ts';
import { sharedProblems } from './shared-problems.ts';
import { mostVariants, variants as variantsKey } from './variant-keys.ts';

/** A recipe document whose key `variants` makes several recipes of it. */
type VariedDocument = Record<string, unknown> & { variants: Record<string, unknown> };

type Variant = VariantDocument & ParsedRecipe;

const keys = z.looseObject({ name: recipeName, variants: variantsKey });

/** What is wrong with the name and with the key itself, and with what no variant may say. */
function keyProblems(document: Record<string, unknown>): Problem[] {
  const { problems } = explain(keys, document);
  const { variants } = document;
  if (!isMap(variants)) return problems;
  const count = Object.keys(variants).length;
  if (count < 2 || count > mostVariants)
    problems.push({ path: ['variants'], message: `must have 2 to ${mostVariants} variants, got ${count}` });
  for (const [variant, differences] of Object.entries(variants))
    for (const key of ofTheWhole)
      if (isMap(differences) && Object.hasOwn(differences, key))
        problems.push({
          path: ['variants', variant, key],
          message: 'belongs to the recipe as a whole, not to one of its variants',
        });
  return problems;
}

/** Whether a variant itself says what a path leads to. Lists and plain values replace those of the recipe. */
function isOwn(differences: unknown, [key, ...rest]: Path): boolean {
  if (key === undefined || !isMap(differences)) return true;
  return Object.hasOwn(differences, key) && isOwn(differences[key], rest);
}

/**
 * The place of a variant's problem in the document as it is written. A problem of the common part that not all variants have
 * names those that have it.
 */
function problemsAsWritten(
  document: VariedDocument,
  found: { variant: string; problems: Problem[] }[],
  overrides: unknown,
): Problem[] {
  const isOverridden = ([key = '']: Path) => isMap(overrides) && Object.hasOwn(overrides, key);
  const common = new Map<string, { problem: Problem; of: string[] }>();
  const own: Problem[] = [];
  for (const { variant, problems } of found)
    for (const problem of problems) {
      const { path, message } = problem;
      if (path[0] === 'name')
        own.push({ path: ['variants', variant], message: `makes a name that is not allowed: it ${message}` });
      else if (!isOverridden(path) && isOwn(document.variants[variant], path))
        own.push({ ...problem, path: ['variants', variant, ...path] });
      else {
        const key = JSON.stringify([path, message]);
        const known = common.get(key);
        if (known) known.of.push(variant);
        else common.set(key, { problem, of: [variant] });
      }
    }
  const shared = [...common.values()].map(({ problem, of }) =>
    of.length === found.length ? problem : { ...problem, message: `${problem.message} (in ${of.join(', ')})` },
  );
  return [...shared, ...own];
}

/** What a document is judged with, beside the scripts: see parseRecipe. */
type Around = NonNullable<Parameters<typeof parseRecipe>[2]>;

/**
 * The recipes that a document with variants stands for, or everything that is wrong with it, each at its place in the document.
 * @param overrides Changes of one start, which hold for every variant.
 */
export function parseVariants(
  document: unknown,
  scripts: Record<string, string>,
  around: Around = {},
  overrides?: unknown,
): { variants: Variant[]; problems?: never } | { problems: Problem[]; variants?: never } {
  if (!isMap(document)) return { problems: parseRecipe(document, scripts, around).problems ?? [] };
  const problems = keyProblems(document);
  const nameIsWrong = problems.some(({ path }) => path[0] === 'name');
  const parsed = variantDocuments(document, overrides).map((one) => ({
    one,
    read: parseRecipe(one.document, scripts, around),
  }));
  const found = parsed.map(({ one: { variant }, read }) => ({
    variant,
    problems: (read.problems ?? []).filter(({ path }) => !nameIsWrong || path[0] !== 'name'),
  }));
  problems.push(...problemsAsWritten(document as VariedDocument, found, overrides));
  const variants = parsed.flatMap(({ one, read }) => (read.recipe ? [{ ...one, ...read }] : []));
  problems.push(...sharedProblems(variants));
  return problems.length > 0 ? { problems } : { variants };
}

/** The recipe of a document, or those of its variants, or everything that is wrong with it. */
export function readVariants(
  document: unknown,
  scripts: Record<string, string>,
  around: Around = {},
  overrides?: unknown,
): { read: ParsedRecipe[]; problems?: never } | { problems: Problem[]; read?: never } {
  if (hasVariants(document)) {
    const { variants, problems } = parseVariants(document, scripts, around, overrides);
    return variants ? { read: variants } : { problems };
  }
  const read = parseRecipe(applyOverrides(document, overrides), scripts, around);
  return read.recipe ? { read: [read] } : { problems: read.problems };
}

/** Parameters that a start must give and does not. Variants have most of them in common. */
export const missingIn = (read: readonly ParsedRecipe[]): Problem[] => [
  ...new Map(read.flatMap(({ missing }) => missing).map((one) => [JSON.stringify(one), one])).values(),
];
