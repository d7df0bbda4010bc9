import type { DeploymentSettings } from './deployment-settings.ts';
import { documentationProblems } from './documentation-ids.ts';
import type { Recipe, Target } from '../recipe/types.ts';
import type { Path, Problem } from '../recipe/recipe.ts';

/** Where a recipe is built. The account is not known at packaging. */
interface BoundedPlace {
  home: string;
  account?: string;
}

type Bound = 'shareWith' | 'regions' | 'instanceProfiles' | 'documents' | 'kmsAccounts';

/** Everything in a recipe that the deployment's settings forbid, each with its path. */
export function boundProblems(recipe: Recipe, settings: DeploymentSettings, place: BoundedPlace): Problem[] {
  const problems = settings.documentationIds === 'allowed' ? [] : documentationProblems(recipe);
  const outside = (path: Path, what: string, bound: Bound) => {
    if (problems.some((known) => known.path.join() === path.join())) return;
    const now = settings[bound] === 'any' ? 'any' : settings[bound].join(', ') || 'nothing';
    const message = `${what} is outside of what this deployment allows: its setting ${bound} has ${now}`;
    problems.push({ path, message });
  };
  sharing(recipe.distribute, settings, outside);
  recipe.distribute.forEach(({ region }, index) => {
    if (region !== place.home && !has(settings.regions, region))
      outside(['distribute', index, 'region'], region, 'regions');
  });
  const { instanceProfile } = recipe.builder;
  if (
    instanceProfile !== undefined &&
    instanceProfile !== settings.instanceProfile &&
    !has(settings.instanceProfiles, instanceProfile)
  )
    outside(['builder', 'instanceProfile'], instanceProfile, 'instanceProfiles');
  recipe.provision.forEach(({ document }, index) => {
    if (document !== undefined && !has(settings.documents, document))
      outside(['provision', index, 'document'], document, 'documents');
  });
  for (const [path, key] of keysOf(recipe)) {
    const owner = /^arn:[^:]+:kms:[^:]*:(\d{12}):/.exec(key ?? '')?.[1];
    if (owner !== undefined && owner !== place.account && !has(settings.kmsAccounts, owner) && place.account)
      outside(path, `the key of account ${owner}`, 'kmsAccounts');
  }
  return problems;
}

/** Whether a list contains a text. An entry that ends in a star matches every text that begins like it. */
const has = (list: 'any' | string[], wanted: string): boolean =>
  list === 'any' ||
  list.some((entry) => (entry.endsWith('*') ? wanted.startsWith(entry.slice(0, -1)) : entry === wanted));

function sharing(
  targets: Target[],
  { shareWith }: DeploymentSettings,
  outside: (path: Path, what: string, bound: Bound) => void,
): void {
  const organizationOf = (arn: string) => /\/(o-[a-z0-9]+)/.exec(arn)?.[1] ?? '';
  // An organizational unit belongs to its organization.
  const covered = (id: string) =>
    has(shareWith, id) ||
    (shareWith !== 'any' &&
      id.includes(':ou/') &&
      shareWith.some((entry) => entry.includes(':organization/') && organizationOf(entry) === organizationOf(id)));
  targets.forEach((target, index) => {
    if (target.allowPublic && shareWith !== 'any')
      outside(['distribute', index, 'allowPublic'], 'everyone', 'shareWith');
    for (const key of ['accounts', 'organizations', 'organizationalUnits'] as const)
      target[key].forEach((id, at) => {
        if (!covered(id)) outside(['distribute', index, key, at], id, 'shareWith');
      });
    target.copyTo?.forEach(({ account, accounts }, at) => {
      const path = ['distribute', index, 'copyTo', at];
      if (!covered(account)) outside([...path, 'account'], account, 'shareWith');
      accounts.forEach((id, one) => {
        if (!covered(id)) outside([...path, 'accounts', one], id, 'shareWith');
      });
    });
  });
}

const keysOf = ({ builder, distribute }: Recipe): [Path, string | undefined][] => [
  [['builder', 'rootVolume', 'kmsKey'], builder.rootVolume.kmsKey],
  ...builder.volumes.map(({ kmsKey }, index): [Path, string | undefined] => [
    ['builder', 'volumes', index, 'kmsKey'],
    kmsKey,
  ]),
  ...distribute.map(({ kmsKey }, index): [Path, string | undefined] => [['distribute', index, 'kmsKey'], kmsKey]),
];
