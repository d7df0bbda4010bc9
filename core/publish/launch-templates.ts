import type { Plan } from '../build/plan.ts';
import { clientToken } from '../build/identity.ts';
import type { LaunchTemplate } from '../recipe/types.ts';
import type { ChannelLedger } from '../distribute/channel.ts';
import type { LedgerTemplate } from './ledger-template.ts';
import { versionDescription } from './parameter-version.ts';
import { inPlace, isSamePlace, onlyPlace, placeName, type Place } from '../distribute/place.ts';

/** A launch template that gets a version with a build's image. */
interface WantedTemplate extends Place {
  template: LaunchTemplate;
  ami: string;
}

/** A launch template as EC2 shows it. */
export interface TemplateSeen {
  /** `lt-…` */
  id: string;
  /** The recipe that its tag `golden:recipe` names. */
  recipe?: string | undefined;
  default: number;
  /** The version that this build made of it. */
  ours?: number | undefined;
}

/** The tag that allows builds of a recipe to make versions of a launch template. IAM demands that it is there. */
export const templateTag = 'golden:recipe';

export const templateName = ({ id, name }: LaunchTemplate): string => id ?? name ?? '';

/** The launch templates of the places that are published. */
export const wantedTemplates = (plan: Plan, after: ChannelLedger['after']): WantedTemplate[] =>
  after.flatMap(({ ami, ...at }) => {
    const template = inPlace(plan.document.distribute, onlyPlace(at))?.launchTemplate;
    return template ? [{ ...onlyPlace(at), template, ami }] : [];
  });

/** By this description, a version that a build made is found again. EC2 takes 255 characters. */
export const templateVersion = (plan: Pick<Plan, 'recipe' | 'build'>, ami: string): string =>
  versionDescription(plan, ami);

/** Why no version may be made of a launch template. Undefined where one may. */
export function templateProblem(
  recipe: string,
  { template, ...at }: Omit<WantedTemplate, 'ami'>,
  seen: TemplateSeen | undefined,
): string | undefined {
  const where = `the launch template ${templateName(template)} in ${placeName(at)}`;
  if (!seen) return `${where} does not exist`;
  if (seen.recipe === recipe) return undefined;
  const has = seen.recipe === undefined ? 'has no tag' : `has the tag ${templateTag}=${seen.recipe}, not`;
  return `${where} ${has} ${templateTag}=${recipe}, by which its owner allows this recipe to make versions of it`;
}

/** The ledger's entry of a launch template. A default version that this publish itself has set is not the one to restore. */
export function ledgerTemplate(
  known: ChannelLedger | undefined,
  { template, ami, ...at }: WantedTemplate,
  seen: TemplateSeen,
): LedgerTemplate {
  const before = known?.templates?.find((one) => isSamePlace(one, at) && one.template === seen.id)?.before;
  const isOurs = seen.ours !== undefined && seen.default === seen.ours;
  const restores = isOurs ? (before ?? seen.default) : seen.default;
  return { ...at, template: seen.id, ami, setDefault: template.setDefault, before: restores };
}

/** What is still to be done for a launch template. */
export function templateStep({ setDefault }: LedgerTemplate, seen: TemplateSeen): 'create' | 'set default' | undefined {
  if (seen.ours === undefined) return 'create';
  return setDefault && seen.default !== seen.ours ? 'set default' : undefined;
}

/** EC2 answers the same token with the version that it made before. */
export const templateToken = (
  plan: Pick<Plan, 'recipe' | 'build' | 'resumedAt'>,
  { region, template, ami, before }: LedgerTemplate,
): string => clientToken(plan.recipe, plan.build, region, template, ami, before, plan.resumedAt);
