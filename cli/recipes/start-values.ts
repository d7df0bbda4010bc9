import type { FilePlace, Path } from '../../core/recipe/recipe.ts';
import { usage, type Placed } from '../refusal.ts';

/** The option that gives a parameter a value. */
export const variableOption = ['--var <name=value>', 'give a parameter of the recipe a value (repeatable)'] as const;

/** Reads `version=1.2`. Each value is a text, which the definition of the parameter turns into what it is. */
export function readVariables(list: string[] | undefined, problems: Placed[]): Record<string, string> | undefined {
  if (list === undefined || list.length === 0) return undefined;
  const values: [string, string][] = [];
  for (const text of list) {
    const [, name, value = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined) problems.push(usage(`--var ${text}`, 'is not like version=1.2'));
    else if (values.some(([known]) => known === name)) problems.push(usage(`--var ${text}`, `${name} is given twice`));
    else values.push([name, value]);
  }
  return Object.fromEntries(values);
}

/** What a command line adds to a recipe. */
export interface StartValues {
  overrides?: Record<string, unknown> | undefined;
  parameters?: Record<string, string> | undefined;
}

/** The position of a path: the option that gave the value there, else the place in the file. */
export const locateWith =
  ({ overrides = {}, parameters = {} }: StartValues, locate: (path: Path) => FilePlace) =>
  (path: Path): FilePlace => {
    const [section, name, ...rest] = path;
    if (section === 'parameters' && rest.length === 0 && Object.hasOwn(parameters, String(name)))
      return { file: '--var', typed: String(name) };
    return section !== undefined && Object.hasOwn(overrides, section) ? { file: '--override' } : locate(path);
  };
