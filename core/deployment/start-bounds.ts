import { placeOfArn, type ExecutionReference } from '../build/identity.ts';
import { secretProblems } from './secret-readers.ts';
import { deployedAs } from './catalog-origin.ts';
import { soundRecipes } from '../recipe/catalog.ts';
import { boundProblems } from './deployment-bounds.ts';
import type { DeploymentSettings } from './deployment-settings.ts';
import type { Requested } from '../start/execution-input.ts';
import { isMap } from '../is-map.ts';
import type { Plan } from '../build/plan.ts';
import type { Catalog, Source } from '../recipe/types.ts';
import type { Path, Problem } from '../recipe/recipe.ts';

/** The only keys that a start may override where `inlineRecipes` is off. They help a build find room, or help to repair it. */
const harmless = new Set([
  'builder.instanceTypes',
  'builder.subnets',
  'builder.spot',
  'builder.spotMaxPrice',
  'copies',
  'onFailure',
  'holdFor',
]);

const leavesOf = (value: unknown, path: Path = []): Path[] =>
  isMap(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]))
    : [path];

const ownerOf = ({ channel, owner }: Source) => (channel === undefined ? owner : 'self');

/**
 * Everything in a start that this deployment forbids, whether a person or a trigger starts it. `plan` belongs to a build that is
 * started again: the deployment's settings may have changed since.
 */
export function startProblems(
  { recipe, asked, origin, reading }: Requested,
  plan: Plan | undefined,
  { catalog, settings, execution }: { catalog: Catalog; settings: DeploymentSettings; execution: ExecutionReference },
): Problem[] {
  const { region: home, account } = placeOfArn(execution.id);
  const { document, origin: from } = plan ?? { document: recipe, origin };
  const problems = boundProblems(document, settings, { home, account });
  if (!plan) problems.push(...reading.missing);
  if (!settings.inlineRecipes) {
    problems.push(...inlineProblems(asked));
    if (plan?.origin === 'start') problems.push(begunOtherwise);
  }
  const deployed = deployedAs(recipe.name, catalog, home);
  problems.push(...secretProblems(document, deployed, settings, { home, account }));
  if (deployed && asked.overrides !== undefined && typeof asked.recipe === 'string') {
    const [was, now] = [ownerOf(deployed.source), ownerOf(document.source)];
    if (was !== now)
      problems.push({
        path: ['overrides', 'source', 'owner'],
        message: `the deployed recipe trusts images of ${was}, and a start cannot make it trust ${now}: change the recipe`,
      });
  }
  const channel = document.publish && `${document.name}/${document.publish.channel}`;
  if (from === 'start' && channel !== undefined && channelsIn(catalog, home).has(channel))
    problems.push({
      path: ['publish', 'channel'],
      message: `${channel} belongs to deployed recipes, and this start makes a different image: name another channel, publish nothing (publish: null), or deploy the recipe`,
    });
  return problems;
}

const off = 'this deployment builds only the recipes that it was deployed with (inlineRecipes is off)';

const begunOtherwise: Problem = {
  path: ['build'],
  message: `was begun with a recipe that differs from the deployed one, and ${off}; start the recipe without "build"`,
};

function inlineProblems({ recipe, overrides }: Requested['asked']): Problem[] {
  if (typeof recipe !== 'string') return [{ path: ['recipe'], message: `${off}: name a deployed recipe` }];
  return leavesOf(overrides ?? {})
    .filter((path) => path.length > 0 && !harmless.has(path.join('.')))
    .map((path) => ({
      path: ['overrides', ...path],
      message: `${off}; only ${[...harmless].join(', ')} can be overridden`,
    }));
}

/** Channels that deployed recipes publish to or build from. */
const channelsIn = (catalog: Catalog, home: string): Set<string> =>
  new Set(
    soundRecipes(catalog, home).flatMap(({ name, publish, source }) => [
      ...(publish ? [`${name}/${publish.channel}`] : []),
      ...(source.channel === undefined ? [] : [source.channel]),
    ]),
  );
