// What the deployment says of itself, out of osls' parameters: to the functions, as the one variable GOLDEN_SETTINGS, which
// core/deployment-settings.ts reads; to the template's resources, by `settingsOf`.
const { read: stackSettings } = require('./stack-settings.cjs');

/** A parameter that is on or off. */
function isOn(name, value) {
  if (value === 'on' || value === true) return true;
  if (value === 'off' || value === false) return false;
  throw new Error(`${name} must be on or off, not "${value}".`);
}

/** Parameter → how its text is read. Other keys are the same in every deployment. */
const readers = {
  automaticBuilds: isOn,
};
/** What follows from the settings of the stack; references of CloudFormation stand for what the stack makes. */
const ofStack = ({ channelRoot, subnets, securityGroups }) => ({
  channelRoot,
  instanceProfile: '${BuilderProfile}',
  subnets,
  securityGroups: securityGroups.length > 0 ? securityGroups : ['${BuilderSecurityGroup.GroupId}'],
});

/** The settings of the deployment that is packaged, each as the type that core/deployment-settings.ts gives it. */
async function settingsOf(osls) {
  const settings = ofStack(await stackSettings(osls));
  // One after the other: osls throws where a variable is not known yet, and asks again later.
  for (const [name, reader] of Object.entries(readers))
    settings[name] = reader(name, await osls.resolveVariable(`param:${name}`));
  return settings;
}

module.exports = {
  settingsOf,
  /** For serverless.yml. JSON with references of CloudFormation in it. */
  async variable(osls) {
    const text = JSON.stringify(await settingsOf(osls));
    // Lambda has 4 kB for all variables of a function.
    if (text.length > 3000)
      throw new Error(`The deployment's settings are ${text.length} characters; at most 3,000 fit.`);
    return { 'Fn::Sub': text };
  },
  /** For every state machine: what Step Functions writes into the log group. */
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
  /** For serverless.yml: on or off, as a tag says it. */
  async automaticBuilds(osls) {
    return (await settingsOf(osls)).automaticBuilds ? 'on' : 'off';
  },
};
