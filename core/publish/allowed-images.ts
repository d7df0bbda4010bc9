import { inBatches } from '../batches.ts';
import { expectedOwner } from '../launch/source.ts';
import type { Recipe } from '../recipe/types.ts';
import { watermarkKey } from './watermark.ts';

/** One of the criteria of Allowed AMIs, as the API takes them. An image must match all of it, and one of the criteria. */
interface ImageCriterion {
  ImageProviders: string[];
  ImageWatermarks?: { WatermarkKey: string; MaximumDaysSinceWatermarkCreated: number }[];
  DeprecationTimeCondition?: { MaximumDaysSinceDeprecated: number };
}

/** EC2's limits: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageCriterionRequest.html */
const most = { criteria: 10, watermarks: 50 };

/** The recipe whose channel is the source of another. */
const parentOf = ({ source }: Recipe): string | undefined => source.channel?.split('/')[0];

/** Published recipes that no other recipe is made from. Children inherit a watermark, unpublished ones too. */
export const leaves = (recipes: Recipe[], { marked }: { marked: boolean }): Recipe[] => {
  const parents = new Set(recipes.map(parentOf));
  return recipes.filter(({ name, publish }) => publish && (publish.watermark || !marked) && !parents.has(name));
};

/** Notes on recipes whose watermark lets more through than their published images. */
export const inheritanceNotes = (chosen: Recipe[], all: Recipe[]): string[] =>
  chosen.flatMap(({ name }) => {
    const children = all.filter((one) => parentOf(one) === name).map((one) => one.name);
    const inherit = `inherit the watermark of ${name}, unpublished ones too: leave ${name} out unless its own images are launched`;
    return children.length > 0 ? [`the images of ${children.join(', ')} ${inherit}`] : [];
  });

/** Notes on copies that belong to other accounts, which no criterion here lets through. */
export const copyNotes = (chosen: Recipe[]): string[] =>
  chosen.flatMap(({ name, distribute }) => {
    const accounts = [...new Set(distribute.flatMap(({ copyTo = [] }) => copyTo.map(({ account }) => account)))];
    const theirs = `belong to those accounts and carry no watermark: to launch them, allow these accounts as providers, too`;
    return accounts.length > 0 ? [`the copies of ${name} in ${accounts.toSorted().join(', ')} ${theirs}`] : [];
  });

interface PolicyOf {
  /** The pipeline's account, and its deployment with its region. */
  account: string;
  deployment: string;
  /** How many days after their publish images may be launched. */
  days: number;
  /** The recipes whose sources the account may launch, too: those of the pipeline's own account. */
  sourcesOf: Recipe[];
}

/** The criteria by which an account can launch only published, young images of recipes. Undefined if they are more than EC2 takes. */
export function allowedImages(
  recipes: Recipe[],
  { account, deployment, days, sourcesOf }: PolicyOf,
): ImageCriterion[] | undefined {
  const marks = recipes.map(({ name }) => ({
    WatermarkKey: watermarkKey(account, deployment, name),
    MaximumDaysSinceWatermarkCreated: days,
  }));
  // The account of the provider, too: elsewhere, an image that was made from a published one carries its watermark.
  const published = inBatches(marks, most.watermarks).map((ImageWatermarks) => ({
    ImageProviders: [account],
    ImageWatermarks,
    DeprecationTimeCondition: { MaximumDaysSinceDeprecated: 0 },
  }));
  const owners = [...new Set(sourcesOf.map(({ source }) => expectedOwner(source, account)))];
  const vendors = owners.filter((owner) => owner !== account).toSorted();
  const criteria = [...published, ...(vendors.length > 0 ? [{ ImageProviders: vendors }] : [])];
  return criteria.length > most.criteria ? undefined : criteria;
}
