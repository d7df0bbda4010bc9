// The deployment's settings, read from osls' parameters. The functions get them as the variable GOLDEN_SETTINGS, which
// core/deployment/deployment-settings.ts reads. The template's resources get them by `settingsOf`.
const { resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const { readOfRecipes } = require('./of-recipes.cjs');
const { off, read: stackSettings } = require('./stack-settings.cjs');

/** A parameter that is on or off. */
function isOn(name, value) {
  if (value === 'on' || value === true) return true;
  if (value === 'off' || value === false) return false;
  throw new Error(`${name} must be on or off, not "${value}".`);
}

/**
 * A list parameter: a list in serverless.yml, or a text with commas. Every entry must have the form, which also keeps out
 * anything that CloudFormation would substitute.
 */
const listWith = (form, { any = true } = {}) =>
  function read(name, value) {
    const text = Array.isArray(value) ? value.map(String) : String(value ?? '').split(',');
    const list = text.map((entry) => entry.trim()).filter((entry) => entry !== '');
    if (list.length === 1 && list[0] === 'none') return [];
    if (any && list.length === 1 && list[0] === 'any') return 'any';
    const wrong = list.filter((entry) => !form.test(entry));
    if (wrong.length > 0)
      throw new Error(`${name} cannot have ${wrong.join(', ')}; docs/deploy.md says what it takes.`);
    return list;
  };
const account = '\\d{12}';
const inOrganizations =
  'arn:aws[a-z-]*:organizations::\\d{12}:(organization/o-[a-z0-9]{10,32}|ou/o-[a-z0-9]{10,32}/ou-[0-9a-z-]{4,72})';

/** Parameter → how its text is read. Other keys are equal in every deployment. */
const readers = {
  automaticBuilds: isOn,
  inlineRecipes: isOn,
  shareWith: listWith(new RegExp(`^(${account}|${inOrganizations})$`)),
  regions: listWith(/^[a-z]{2,4}(-[a-z]+)+-\d$/),
  instanceProfiles: listWith(/^[\w+=,.@-]{1,128}$/, { any: false }),
  documents: listWith(/^[\w.-]{2,127}\*?$|^arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:document\/[\w.-]{3,128}$/),
  kmsAccounts: listWith(new RegExp(`^${account}$`), { any: false }),
};
/** Settings that follow from the stack's settings. CloudFormation references stand for what the stack makes. */
const ofStack = ({ channelRoot, subnets, securityGroups }) => ({
  channelRoot,
  instanceProfile: '${BuilderProfile}',
  subnets,
  securityGroups: securityGroups.length > 0 ? securityGroups : ['${BuilderSecurityGroup.GroupId}'],
});

/** The settings of the packaged deployment, with the types of core/deployment/deployment-settings.ts. */
async function settingsOf(osls) {
  const settings = ofStack(await stackSettings(osls));
  // One after the other: osls throws if a variable is not known yet, and asks again later.
  for (const [name, reader] of Object.entries(readers))
    settings[name] = reader(name, await osls.resolveVariable(`param:${name}`));
  return settings;
}

/** @throws if Resolve would refuse every start of a recipe in this region with these settings. */
async function judgeRecipes(settings, { resolveVariable }) {
  const recipes = readOfRecipes('resolve/recipes.json');
  const { undeployable } = await import(pathToFileURL(resolve('dist/judge/index.mjs')).href);
  const home = await resolveVariable('self:provider.region');
  const builderRole = await resolveVariable('param:builderRole');
  const instanceProfile = off(builderRole) ? 'the one of this stack' : builderRole; // what the reference stands for
  const problems = undeployable(recipes, { ...settings, instanceProfile }, home);
  if (problems.length === 0) return;
  const stage = await resolveVariable('self:provider.stage');
  const message = [`These recipes cannot be deployed to ${home} as ${stage}:`, ...problems].join('\n');
  throw Object.assign(new Error(message), { stack: message }); // osls prints the stack, which would not help
}

module.exports = {
  settingsOf,
  /** For serverless.yml: JSON that contains CloudFormation references. */
  async variable(osls) {
    const settings = await settingsOf(osls);
    await judgeRecipes(settings, osls);
    const text = JSON.stringify(settings);
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 4 KB for all variables of a function.
    if (text.length > 3000)
      throw new Error(
        `The settings are ${text.length} characters, of 3000 that a function's environment has room for: name organizations in shareWith instead of their accounts.`,
      );
    return { 'Fn::Sub': text };
  },
  /** For every state machine: what Step Functions logs. */
  async executionLogging({ resolveVariable }) {
    const [level, data] = [await resolveVariable('param:executionLog'), await resolveVariable('param:executionData')];
    if (!['ALL', 'ERROR', 'FATAL', 'OFF'].includes(level))
      throw new Error(`executionLog must be ALL, ERROR, FATAL or OFF, not "${level}".`);
    return {
      Level: level,
      IncludeExecutionData: isOn('executionData', data),
      Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['BuildImageLogs', 'Arn'] } } }],
    };
  },
  /** For serverless.yml: on or off, as the text of a tag. */
  async automaticBuilds(osls) {
    return (await settingsOf(osls)).automaticBuilds ? 'on' : 'off';
  },
};
