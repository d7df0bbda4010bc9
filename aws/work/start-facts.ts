import { placeOfArn } from '../../core/build/identity.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { Failure } from '../../core/errors.ts';
import { recipeOf, unknownRecipe } from '../../core/recipe/catalog.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import { automaticBuildsOff, decideStart, type Decision } from '../../core/start/start-decision.ts';
import type { StartRequest } from '../../core/start/start-event.ts';
import { decideTogether } from '../../core/variants/start-together.ts';
import { variantsOf, wholeOf } from '../../core/variants/names.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { readDocument } from '../memory/documents.ts';
import { buildingExecution } from '../memory/locks.ts';
import { readRecipeRecords } from '../memory/recipe-records.ts';
import { findSource } from './sources.ts';

interface Around extends Artifacts {
  now: () => Date;
  machine: string;
  settings: DeploymentSettings;
}

/** The execution that builds a recipe now, alone or with the other variants. */
const building = async (cloud: Around, catalog: Catalog, recipe: string): Promise<string | undefined> => {
  const whole = wholeOf(catalog, recipe);
  return (await buildingExecution(cloud, recipe)) ?? (whole && (await buildingExecution(cloud, whole)));
};

/** Looks up the facts about one recipe, and decides whether an event starts it. */
async function decideOne(asked: StartRequest, cloud: Around, catalog: Catalog): Promise<Decision> {
  const names = Object.keys(catalog.recipes);
  if (!names.includes(asked.recipe)) throw new Failure('EventRefused', unknownRecipe(catalog, asked.recipe));
  const recipe = recipeOf(catalog, asked.recipe, cloud.aws.region);
  const { account } = placeOfArn(cloud.machine);
  const source = await findSource(cloud.aws, recipe, { account, now: cloud.now(), ...cloud.settings });
  const { publish } = recipe;
  const [parent] = recipe.source.channel?.split('/') ?? [];
  return decideStart(asked, {
    records: await readRecipeRecords(cloud, names),
    source: source.ami,
    content: { recipe, scripts: catalog.scripts, pipelineVersion: catalog.version },
    building: await building(cloud, catalog, recipe.name),
    parentBuilding: parent === undefined ? undefined : await building(cloud, catalog, parent),
    channel: publish && (await readDocument(cloud, { recipe: asked.recipe, channel: publish.channel }, 'channel')),
    now: cloud.now(),
  });
}

/** Decides whether an event starts a recipe. All variants of a recipe are decided on together. */
export async function decideOnStart(asked: StartRequest, cloud: Around, catalog: Catalog): Promise<Decision> {
  if (!cloud.settings.automaticBuilds) return automaticBuildsOff;
  const variants = variantsOf(catalog, asked.recipe);
  if (!variants) return decideOne(asked, cloud, catalog);
  const decisions: Decision[] = [];
  for (const recipe of variants) decisions.push(await decideOne({ ...asked, recipe }, cloud, catalog));
  return decideTogether(asked.recipe, decisions);
}
