import { placeOfArn, type ExecutionReference } from '../../core/build/identity.ts';
import { planBuild, type Plan } from '../../core/build/plan.ts';
import { replacedBy, type RecipeRecord } from '../../core/build/record.ts';
import { asDeployed, type DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { told } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { Requested } from '../../core/start/execution-input.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { preflight } from '../preflight/preflight.ts';
import { tellUpToDate } from '../variants/join.ts';
import type { UpToDate } from './up-to-date.ts';

interface Around extends Artifacts {
  now: () => Date;
  deployment: string;
  settings: DeploymentSettings;
  log: (line: Record<string, unknown>) => void;
}

/**
 * Plans a build that was not begun before, and looks whether the published image is what it would make. The builds of the other
 * variants are told if so. `past`: the record of the
 * recipe.
 */
export async function newPlan(
  cloud: Around,
  requested: Requested,
  execution: ExecutionReference,
  { past, catalog }: { past: RecipeRecord; catalog: Catalog },
): Promise<{ plan: Plan; found: UpToDate }> {
  const { deployment, settings } = cloud;
  const { identity, recipe, regardless } = requested;
  const { scripts } = catalog;
  const at = { ...placeOfArn(execution.id), now: cloud.now(), deployment, scripts, ...settings, ...replacedBy(past) };
  const { source, notes, network } = await preflight(cloud.aws, asDeployed(recipe, settings, scripts), at);
  for (const note of told(notes)) cloud.log({ level: 'WARN', state: 'Resolve', ...identity, note });
  const plan = planBuild({
    ...requested,
    execution,
    source,
    network,
    catalog,
    deployment,
    settings,
    notes: told(notes),
  });
  // Loaded only where a build is planned.
  const { findUpToDate } = await import('./up-to-date.ts');
  const found = regardless ? { because: 'it was asked for' } : await findUpToDate(cloud, plan, past, cloud.now());
  if (found.notes?.length) plan.notes = [...(plan.notes ?? []), ...found.notes];
  cloud.log({ level: 'INFO', state: 'Resolve', ...identity, ...found });
  if (found.current) await tellUpToDate(cloud, identity, found.current);
  return { plan, found };
}
