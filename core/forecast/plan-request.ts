import type { ExecutionReference } from '../build/identity.ts';
import { isMap } from '../is-map.ts';
import type { Problem } from '../recipe/recipe.ts';
import type { Catalog } from '../recipe/types.ts';
import { requestedBuild, type Requested } from '../start/execution-input.ts';

/** The input of an execution of plan-build. `{"recipe": "al2023-base"}` is enough. */
const known = ['recipe', 'overrides', 'parameters', 'scripts'];

/** The recipe to plan, and the recipes that would be deployed with it. */
interface PlanRequest {
  requested: Requested;
  catalog: Catalog;
}

const isTexts = (value: unknown): value is Record<string, string> =>
  isMap(value) && Object.values(value).every((one) => typeof one === 'string');

/**
 * What an execution of plan-build asks for, or everything that is wrong with its input. A recipe document counts as deployed, with
 * the scripts that come with it. So a change can be planned before it is deployed.
 */
export function planRequest(
  input: unknown,
  execution: ExecutionReference,
  deployed: Catalog,
): PlanRequest | { problems: Problem[] } {
  if (!isMap(input)) return refused([], 'the execution input must be an object like {"recipe": "al2023-base"}');
  const unknown = Object.keys(input).filter((key) => !known.includes(key));
  if (unknown.length > 0) return refused([], `unknown key ${unknown.join(', ')}; known are ${known.join(', ')}`);
  const { recipe, overrides, parameters, scripts = {} } = input;
  if (!isTexts(scripts)) return refused(['scripts'], 'must be an object of file names and their texts');
  const name = isMap(recipe) && typeof recipe['name'] === 'string' ? recipe['name'] : undefined;
  const catalog =
    name === undefined
      ? deployed
      : {
          ...deployed,
          recipes: { ...deployed.recipes, [name]: recipe },
          scripts: { ...deployed.scripts, ...scripts },
        };
  const asked = {
    recipe,
    ...(overrides !== undefined && { overrides }),
    ...(parameters !== undefined && { parameters }),
  };
  const requested = requestedBuild(asked, execution, catalog);
  return 'problems' in requested ? requested : { requested, catalog };
}

const refused = (path: Problem['path'], message: string) => ({ problems: [{ path, message }] });
