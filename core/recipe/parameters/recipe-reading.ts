import type { Problem } from '../problems.ts';
import type { Recipe } from '../types.ts';
import type { Given } from './fill.ts';
import type { ParameterValue } from './values.ts';

/** How a start's recipe was read from its document. */
export interface RecipeReading {
  values: Record<string, ParameterValue>;
  /** Parameters that the start does not give and that have no default. The recipe was read with examples for them. */
  missing: Problem[];
  /** Whether the recipe has facts that are known only when a build is planned. It was read with samples of them. */
  needsFacts: boolean;
  /** Reads the same document with other values. @throws RecipeInvalid */
  again: (given: Given) => Recipe;
}
