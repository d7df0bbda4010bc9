import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import { contentDigest } from '../../core/build/content-digest.ts';
import { placeOfArn, type ExecutionReference } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { moverOf } from '../../core/channel/move-request.ts';
import { boundProblems } from '../../core/deployment/deployment-bounds.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import {
  missingTargets,
  olderDifferences,
  type Addition,
  type PublishedImage,
} from '../../core/distribute/addition.ts';
import { additionReport, type AdditionReport } from '../../core/distribute/addition-report.ts';
import { atWholeRecipe, findingsOfAddition } from '../../core/preflight/addition-findings.ts';
import { refuseAny, told, type Problem } from '../../core/recipe/problems.ts';
import type { Catalog, Recipe } from '../../core/recipe/types.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { heldIn, imageToCopy, buildToDistribute, type Asked } from './addition-facts.ts';
import { readDocument } from '../memory/documents.ts';
import { readRecord } from '../memory/recipe-records.ts';
import { lookAtChannel } from '../preflight/channel.ts';
import { lookAtEncryption } from '../preflight/encryption.ts';
import { lookAtTemplates } from '../preflight/templates.ts';
import { lookAtPublicAccess } from '../preflight/public-access.ts';
import { describeRegions } from '../preflight/regions.ts';
import { look } from '../preflight/seen.ts';

/** The pipeline that does it. */
export interface AdditionSetting extends Artifacts {
  settings: DeploymentSettings;
  deployment: string;
  now: () => Date;
  catalog: () => Promise<Catalog>;
}

/** What would make the copies fail. */
async function foreseeAddition(
  { aws, settings, deployment }: AdditionSetting,
  recipe: Recipe,
  plan: Plan,
  targets: Addition['targets'],
  channel: Addition['channel'],
): Promise<{ problems: Problem[]; notes: Problem[] }> {
  const { publish: _, ...rest } = recipe;
  const only: Recipe = { ...rest, distribute: targets, ...(channel && { publish: { channel: channel.channel } }) };
  const { channelRoot } = settings;
  const [regions, encryption, publicAccess, held, templates] = await Promise.all([
    look(() => describeRegions(aws)),
    lookAtEncryption(aws, only, plan.source),
    lookAtPublicAccess(aws, only),
    lookAtChannel(aws, only, { channelRoot, deployment }),
    lookAtTemplates(aws, only),
  ]);
  const facts = {
    region: plan.region,
    account: plan.account,
    source: plan.source,
    regions,
    encryption,
    publicAccess,
    ...held,
    ...templates,
  };
  const { problems, notes } = findingsOfAddition(only, facts);
  return { problems: atWholeRecipe(problems, recipe, only), notes: atWholeRecipe(notes, recipe, only) };
}

/**
 * Decides how the image of a published build gets to the targets that it lacks. Changes nothing.
 * @returns the build's plan with what is added, and the report for people.
 * @throws RecipeInvalid with what is wrong; AwsTransient
 */
export async function resolveAddition(
  cloud: AdditionSetting,
  asked: Asked,
  { id: execution, startedAt }: ExecutionReference,
): Promise<{ plan: Plan; adds: Addition; report: AdditionReport; image: PublishedImage }> {
  const { recipe, identity, addition = {} } = asked;
  const { account, region: home } = placeOfArn(execution);
  const bounds = boundProblems(recipe, cloud.settings, { home, account });
  refuseAny(bounds.filter(({ path }) => path[0] === 'distribute'));
  const [plan, published] = await buildToDistribute(cloud, identity);
  const { channel, notes: unheld } = await heldIn(cloud, asked, cloud.settings.channelRoot, published);
  const targets = missingTargets(recipe.distribute, published);
  const { problems, notes } = await foreseeAddition(cloud, recipe, plan, targets, channel);
  refuseAny(problems);
  const { scripts, version: pipelineVersion } = await cloud.catalog();
  const sharing = await readDocument(cloud, identity, 'sharing');
  const differences = olderDifferences(recipe.distribute, plan.document.distribute, published, sharing);
  const digestOf = (distribute: Addition['targets']) =>
    contentDigest({ source: plan.source.ami, recipe: { ...recipe, distribute }, scripts, pipelineVersion });
  const { published: newest } = await readRecord(cloud, identity.recipe);
  const { planned } = plan.addition ?? { planned: plan.document.distribute };
  const same = newest?.build === identity.build && digestOf(planned) === plan.digest;
  const { distribute } = recipe;
  const whole = same && differences.length === 0 ? { digest: digestOf(distribute), distribute } : undefined;
  const image = await imageToCopy(cloud, published, home);
  const { who, why } = addition;
  const adds: Addition = {
    execution,
    startedAt: new Date(startedAt).toISOString(),
    who: moverOf(who === undefined ? {} : { who }, execution),
    ...(why !== undefined && { why }),
    planned,
    targets,
    published,
    from: { region: image.region, ami: image.ami },
    ...(channel && { channel }),
    ...(whole && { whole }),
  };
  const adding: Plan = { ...plan, addition: adds };
  const all = [...unheld, ...differences.map(({ says }) => says), ...told(notes)];
  const unshared = differences.some(({ ofUsers }) => ofUsers);
  const report = additionReport(planOfExecution(adding, execution), adds, addition.plan ?? false, all, unshared);
  return { plan: adding, adds, report, image };
}
