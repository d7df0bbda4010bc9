// The settings that the functions get as the variable GOLDEN_SETTINGS, which core/deployment/deployment-settings.ts reads. IAM
// enforces some of them, too (../roles/bounds.ts).
import type { DeploymentSettings } from '../../core/deployment/deployment-settings.ts';
import { undeployable } from '../../core/deployment/deployable.ts';
import type { Catalog } from '../../core/recipe/types.ts';
import type { Param, Params, DeploymentNames, StackSettings } from './stack-settings.ts';

/** What a deployment decides. `documentationIds` is the simulator's. */
export type FunctionSettings = Omit<DeploymentSettings, 'documentationIds'>;

/** A parameter that is on or off. */
export function isOn(name: string, value: Param): boolean {
  if (value === 'on' || value === true) return true;
  if (value === 'off' || value === false) return false;
  throw new Error(`${name} must be on or off, not "${String(value)}".`);
}

/**
 * A list parameter: a list in serverless.yml, or a text with commas. Every entry must have the form, which also keeps out
 * anything that CloudFormation would substitute.
 */
function listIn(name: string, value: Param, form: RegExp): string[] {
  const texts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
  const list = texts.map((entry) => entry.trim()).filter((entry) => entry !== '');
  if (list.length === 1 && list[0] === 'none') return [];
  const wrong = list.filter((entry) => !form.test(entry));
  if (wrong.length > 0)
    throw new Error(`${name} does not take ${wrong.join(', ')}. docs/deploy.md says what it takes.`);
  return list;
}
const listOrAny = (name: string, value: Param, form: RegExp): 'any' | string[] =>
  [value].flat().join() === 'any' ? 'any' : listIn(name, value, form);

const account = '\\d{12}';
const inOrganizations =
  'arn:aws[a-z-]*:organizations::\\d{12}:(organization/o-[a-z0-9]{10,32}|ou/o-[a-z0-9]{10,32}/ou-[0-9a-z-]{4,72})';
const forms = {
  shareWith: new RegExp(`^(${account}|${inOrganizations})$`),
  regions: /^[a-z]{2,4}(-[a-z]+)+-\d$/,
  instanceProfiles: /^[\w+=,.@-]{1,128}$/,
  documents: /^[\w.-]{2,127}\*?$|^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:document\/[\w.-]{3,128}$/,
  kmsAccounts: new RegExp(`^${account}$`),
};

/** CloudFormation references stand for the things that the stack makes. @throws naming the first setting that is wrong. */
export const functionSettings = (stack: StackSettings, params: Params): FunctionSettings => ({
  channelRoot: stack.channelRoot,
  instanceProfile: '${BuilderProfile}',
  subnets: stack.subnets,
  securityGroups: stack.securityGroups.length > 0 ? stack.securityGroups : ['${BuilderSecurityGroup.GroupId}'],
  automaticBuilds: isOn('automaticBuilds', params['automaticBuilds']),
  inlineRecipes: isOn('inlineRecipes', params['inlineRecipes']),
  shareWith: listOrAny('shareWith', params['shareWith'], forms.shareWith),
  regions: listOrAny('regions', params['regions'], forms.regions),
  builderSecrets: stack.builderSecrets,
  secretProfiles: {}, // infrastructureOf knows the recipes
  instanceProfiles: listIn('instanceProfiles', params['instanceProfiles'], forms.instanceProfiles),
  documents: listOrAny('documents', params['documents'], forms.documents),
  kmsAccounts: listIn('kmsAccounts', params['kmsAccounts'], forms.kmsAccounts),
});

/** The variable GOLDEN_SETTINGS: JSON that contains CloudFormation references. */
export function settingsVariable(settings: FunctionSettings): { 'Fn::Sub': string } {
  const text = JSON.stringify(settings);
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 4 KB for all variables of a function.
  if (text.length > 3000)
    throw new Error(
      `The settings have ${text.length} characters, and a function's environment has room for 3000. Name organizations in shareWith instead of their accounts.`,
    );
  return { 'Fn::Sub': text };
}

/** @throws if Resolve would refuse every start of a recipe in this region with these settings. */
export function checkRecipes(
  catalog: Catalog,
  place: DeploymentNames,
  stack: StackSettings,
  settings: FunctionSettings,
): void {
  const instanceProfile = stack.builderRole ?? 'the one of this stack'; // the text that the reference stands for
  const judged: DeploymentSettings = { ...settings, instanceProfile, documentationIds: 'refused' };
  const problems = undeployable(catalog, judged, place.region);
  if (problems.length > 0)
    throw new Error([`These recipes cannot be deployed to ${place.region} as ${place.stage}:`, ...problems].join('\n'));
}
