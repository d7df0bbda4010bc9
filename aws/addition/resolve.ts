import { onlyAccountPlace } from '../../core/accounts/account-copies.ts';
import { inPlace } from '../../core/distribute/place.ts';
import { planOfExecution } from '../../core/distribute/plan-of-execution.ts';
import { placeOfArn, type ExecutionReference } from '../../core/build/identity.ts';
import type { Plan } from '../../core/build/plan.ts';
import { moverOf } from '../../core/channel/move-request.ts';
import { boundProblems } from '../../core/deployment/deployment-bounds.ts';
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { asBuilt } from '../../core/addition/as-built.ts';
import { missingTargets, olderDifferences, type Addition, type PublishedImage } from '../../core/addition/addition.ts';
import { furtherTargets, missingCopies, withCopiesIn } from '../../core/addition/copies.ts';
import { additionReport, type AdditionReport } from '../../core/addition/report.ts';
import { refuseAny, told } from '../../core/recipe/problems.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { Artifacts } from '../memory/artifacts.ts';
import { heldIn, imageToCopy, buildToDistribute, type Asked } from './facts.ts';
import { readDocument } from '../memory/documents.ts';
import { foreseeAddition } from './foresee.ts';
import { readRecord } from '../memory/recipe-records.ts';

/** The pipeline that does it. */
export interface AdditionSetting extends Artifacts {
  settings: DeploymentSettings;
  deployment: string;
  now: () => Date;
  log: (line: Record<string, unknown>) => void;
  catalog: () => Promise<Catalog>;
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
  const { identity, addition = {} } = asked;
  const { account, region: home } = placeOfArn(execution);
  const bounds = boundProblems(asked.recipe, cloud.settings, { home, account });
  refuseAny(bounds.filter(({ path }) => path[0] === 'distribute'));
  const { plan, published, copied } = await buildToDistribute(cloud, identity);
  const { recipe, digestOf } = asBuilt(asked, plan, await cloud.catalog());
  const { channel, notes: unheld } = await heldIn(cloud, asked, cloud.settings.channelRoot, published);
  const targets = missingTargets(recipe.distribute, published);
  const sharing = await readDocument(cloud, identity, 'sharing');
  const missing = missingCopies(recipe.distribute, copied);
  const further = furtherTargets(recipe.distribute, plan.document.distribute, published, sharing, missing);
  const copies = missing.filter((copy) => inPlace([...targets, ...further], copy)).map(onlyAccountPlace);
  const only = further.map((target) => withCopiesIn(target, copies));
  const place = { channelRoot: cloud.settings.channelRoot, deployment: cloud.deployment };
  const { problems, notes } = await foreseeAddition(
    cloud.aws,
    recipe,
    plan,
    { targets, further: only, channel },
    place,
  );
  refuseAny(problems);
  const differences = olderDifferences(recipe.distribute, plan.document.distribute, published, sharing);
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
    ...(further.length > 0 && { further }),
    ...(copies.length > 0 && { copies }),
    published,
    copied,
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
