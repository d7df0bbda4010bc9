import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOfArn } from '../../core/build/identity.ts';
import { deploymentName } from '../../core/distribute/channel-owner.ts';
import { allowedImages, copyNotes, inheritanceNotes, leaves } from '../../core/publish/allowed-images.ts';
import { declarativePolicy, policyTemplate } from '../../core/publish/declarative-policy.ts';
import type { Recipe } from '../../core/recipe/types.ts';
import { findPipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { examine, problemText, recipeNames } from '../recipes/recipe-folder.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import type { Surroundings } from '../surroundings.ts';

interface PolicyOptions extends PipelineOptions {
  days: number;
  /** `api`: criteria for one account. `organizations`: a declarative policy. `cloudformation`: a template that makes the policy. */
  format: 'api' | 'organizations' | 'cloudformation';
  /** Whether the declarative policy hides other images, in place of only telling which it would hide. */
  enforce?: boolean;
  /** For the account of the pipeline itself, which must launch the sources of its recipes. */
  pipeline?: boolean;
  recipes: string;
}

async function recipesIn(folder: string, home: string): Promise<Recipe[]> {
  const names = await readdir(folder).catch(() => {
    throw new Refusal(`--recipes ${folder}: there is no such folder`);
  });
  const files = recipeNames(names).map((name) => join(folder, name));
  const findings = await examine(files.toSorted(), { home });
  const wrong = findings.filter(({ problems }) => problems.length > 0);
  if (wrong.length > 0) throw new Refusal(wrong.map(problemText).join('\n'));
  return findings.flatMap(({ recipes }) => recipes);
}

function chosenOf(names: string[], all: Recipe[], { recipes: folder, format }: PolicyOptions): Recipe[] {
  const marked = format === 'api';
  const needed = marked ? 'publish.watermark: true, by which EC2 knows a published image' : 'publish.channel';
  if (names.length === 0) {
    const found = leaves(all, { marked });
    if (found.length > 0) return found;
    throw new Refusal(`no recipe in ${folder} has ${needed}; --recipes names another folder`);
  }
  return names.map((name) => {
    const recipe = all.find((one) => one.name === name);
    if (!recipe) throw new Refusal(`there is no recipe ${name} in ${folder}; --recipes names another folder`);
    if (marked ? recipe.publish?.watermark === true : recipe.publish) return recipe;
    throw new Refusal(`${name} has no ${needed}`);
  });
}

const namesOnly =
  'declarative policies have no criterion of watermarks that AWS documents, so this one goes by owner, name and age: shared images with these names pass even if their publish did not complete';
const byDocumentation =
  'this was compared with the documentation of AWS Organizations, and never attached in an organization';

/** What is printed, and notes on it. Undefined if AWS takes no policy of that size. */
function policyOf(
  chosen: Recipe[],
  all: Recipe[],
  { format, days, pipeline, enforce }: PolicyOptions,
  { account, deployment }: { account: string; deployment: string },
): { printed: object; notes: string[] } | undefined {
  const sourcesOf = pipeline ? all : [];
  if (format === 'api') {
    const criteria = allowedImages(chosen, { account, deployment, days, sourcesOf });
    return criteria && { printed: criteria, notes: [...inheritanceNotes(chosen, all), ...copyNotes(chosen)] };
  }
  const state = enforce ? 'enabled' : 'audit_mode';
  const document = declarativePolicy(chosen, { account, days, sourcesOf, state });
  if (!document) return undefined;
  const printed = format === 'organizations' ? document : policyTemplate(document, deployment);
  return { printed, notes: [namesOnly, byDocumentation, ...copyNotes(chosen)] };
}

/** Prints the Allowed AMIs by which accounts launch only published images. Returns the exit code. */
export async function policy(
  names: string[],
  options: PolicyOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  if (options.enforce && options.format === 'api')
    throw new Refusal(
      '--enforce is for declarative policies; the state of the criteria is set by EnableAllowedImagesSettings',
    );
  const { machine } = await findPipeline(options, surroundings);
  const { account, region } = placeOfArn(machine);
  const all = await recipesIn(options.recipes, region);
  const chosen = chosenOf(names, all, options);
  const own = machine.split(':').at(-1) ?? '';
  const deployment = deploymentName(own.replace(/-build-image$/, ''), region);
  const found = policyOf(chosen, all, options, { account, deployment });
  if (!found)
    throw new Refusal(
      'EC2 takes at most 10 criteria with 50 watermarks or names each, and Organizations 10,000 characters: name fewer recipes',
    );
  for (const note of found.notes) terminal.err(`note: ${note}\n`);
  terminal.out(`${JSON.stringify(found.printed, null, 2)}\n`);
  return 0;
}
