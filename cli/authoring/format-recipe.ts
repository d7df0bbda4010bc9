import { format } from 'prettier/standalone';
import * as yaml from 'prettier/plugins/yaml';
import { saysTheSame, sortKeys } from './sort-keys.ts';

/**
 * The text of a recipe with its keys in the schema's order, laid out by prettier. It says what it said, with all
 * comments; undefined if that cannot be kept.
 */
export async function formatRecipe(text: string): Promise<string | undefined> {
  const formatted = await format(sortKeys(text), {
    parser: 'yaml',
    plugins: [yaml],
    printWidth: 120,
    singleQuote: true,
  });
  return saysTheSame(text, formatted) ? formatted : undefined;
}
