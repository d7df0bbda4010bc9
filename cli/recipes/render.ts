import { stringify } from 'yaml';
import { recipeFileSchema } from '../../core/recipe/bases/base-key.ts';
import { writtenFacts } from '../../core/recipe/parameters/build-facts.ts';
import { fillIn } from '../../core/recipe/parameters/fill.ts';
import { isMap } from '../../core/is-map.ts';
import { applyOverrides, parseRecipe, type Problem } from '../../core/recipe/recipe.ts';
import { hasVariants } from '../../core/variants/names.ts';
import { variantDocuments } from '../../core/variants/variant-documents.ts';
import { missingIn, readVariants } from '../../core/variants/variants.ts';
import { placed, problemLines, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import { readOverrides, recipeFile } from '../simulated/order.ts';
import { readRecipeFile } from './recipe-file.ts';
import { locateWith, readVariables } from './start-values.ts';

interface RenderOptions {
  home: string;
  var?: string[];
  override?: string[];
  defaults?: boolean;
  json?: boolean;
}

/** Prints a recipe as a start would build it. @throws Refusal with everything that is wrong with it. */
export async function render(wanted: string, options: RenderOptions, terminal: Terminal): Promise<number> {
  const { home, defaults = false, json = false } = options;
  const unreadable: Placed[] = [];
  const overrides = readOverrides(options.override ?? [], unreadable);
  const parameters = readVariables(options.var, unreadable) ?? {};
  refusePlaced(unreadable);
  const read = await readRecipeFile(recipeFile(wanted));
  const locate = locateWith({ overrides, parameters }, read.locate);
  const refuse = (problems: Problem[]) => refusePlaced(placed(problems, locate));
  if (read.document === undefined) refuse(read.problems);
  const { read: parsed, problems } = readVariants(
    read.document,
    read.scripts,
    { home, given: { parameters } },
    overrides,
  );
  refuse([...read.problems, ...(problems ?? missingIn(parsed))]);
  const given = { parameters, facts: writtenFacts };
  const shown = documentsOf(read.document, overrides).map((document) =>
    withoutDefinitions(
      defaults ? parseRecipe(document, read.scripts, { home, given }).recipe : fillIn(document, given).document,
    ),
  );
  // Each variant is a recipe of its own.
  const whole = shown.length === 1 ? shown[0] : shown;
  terminal.out(json ? `${JSON.stringify(whole, null, 2)}\n` : shown.map(asYaml).join('---\n'));
  return 0;
}

const asYaml = (recipe: object) => stringify(recipe, { lineWidth: 0, aliasDuplicateObjects: false });

const documentsOf = (document: unknown, overrides: unknown): unknown[] =>
  isMap(document) && hasVariants(document)
    ? variantDocuments(document, overrides).map((variant) => variant.document)
    : [applyOverrides(document, overrides)];

const keys = Object.keys(recipeFileSchema.def.shape);

/** The keys in the order of the schema. Nothing is left that uses the definitions of parameters. */
function withoutDefinitions(recipe: unknown): object {
  const { parameters: _definitions, ...shown } = recipe as Record<string, unknown>;
  return Object.fromEntries(Object.entries(shown).toSorted(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)));
}

function refusePlaced(problems: Placed[]): void {
  if (problems.length > 0) throw new Refusal(problemLines(problems), { problems });
}
