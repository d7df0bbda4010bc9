import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOfArn } from '../../core/build/identity.ts';
import { deploymentName } from '../../core/distribute/channel-owner.ts';
import { allowedImages, inheritanceNotes, leaves } from '../../core/publish/allowed-images.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { findPipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { examine, problemText } from '../recipes/recipe-folder.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

interface PolicyOptions extends PipelineOptions {
  days: number;
  /** For the account of the pipeline itself, which must launch the sources of its recipes. */
  pipeline?: boolean;
  recipes: string;
}

async function recipesIn(folder: string, home: string): Promise<Recipe[]> {
  const names = await readdir(folder).catch(() => {
    throw new Refusal(`--recipes ${folder}: there is no such folder`);
  });
  const files = names.filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name));
  const findings = await examine(files.toSorted(), { home });
  const wrong = findings.filter(({ problems }) => problems.length > 0);
  if (wrong.length > 0) throw new Refusal(wrong.map(problemText).join('\n'));
  return findings.flatMap(({ recipe }) => recipe ?? []);
}

function chosenOf(names: string[], all: Recipe[], folder: string): Recipe[] {
  if (names.length === 0) {
    const found = leaves(all);
    if (found.length > 0) return found;
    throw new Refusal(
      `no recipe in ${folder} has publish.watermark: true, by which EC2 knows a published image; --recipes names another folder`,
    );
  }
  return names.map((name) => {
    const recipe = all.find((one) => one.name === name);
    if (!recipe) throw new Refusal(`there is no recipe ${name} in ${folder}; --recipes names another folder`);
    if (recipe.publish?.watermark === true) return recipe;
    throw new Refusal(`${name} has no publish.watermark: true, by which EC2 knows a published image`);
  });
}

/** Prints the criteria of Allowed AMIs by which accounts launch only published images. Returns the exit code. */
export async function policy(
  names: string[],
  options: PolicyOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { machine } = await findPipeline(options, surroundings);
  const { account, region } = placeOfArn(machine);
  const all = await recipesIn(options.recipes, region);
  const chosen = chosenOf(names, all, options.recipes);
  const deployment = deploymentName(
    machine
      .split(':')
      .at(-1)
      ?.replace(/-build-image$/, '') ?? '',
    region,
  );
  const sourcesOf = options.pipeline ? all : [];
  const criteria = allowedImages(chosen, { account, deployment, days: options.days, sourcesOf });
  if (!criteria) throw new Refusal('EC2 takes at most 10 criteria with 50 watermarks each: name fewer recipes');
  for (const note of inheritanceNotes(chosen, all)) terminal.err(`note: ${note}\n`);
  terminal.out(`${JSON.stringify(criteria, null, 2)}\n`);
  return 0;
}
