// What the deployment says of itself, out of osls' parameters: to the functions, as the one variable GOLDEN_SETTINGS, which
// core/deployment-settings.ts reads; to the template's resources, by `settingsOf`.

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
const fixed = {
  channelRoot: '/golden',
  instanceProfile: '${BuilderProfile}',
  subnets: [],
  securityGroups: [],
};

/** The settings of the deployment that is packaged, each as the type that core/deployment-settings.ts gives it. */
async function settingsOf({ resolveVariable }) {
  const read = Object.entries(readers).map(async ([name, reader]) => [
    name,
    reader(name, await resolveVariable(`param:${name}`)),
  ]);
  return { ...fixed, ...Object.fromEntries(await Promise.all(read)) };
}

module.exports = {
  settingsOf,
  /** For serverless.yml. JSON with references of CloudFormation in it. */
  async variable(osls) {
    return { 'Fn::Sub': JSON.stringify(await settingsOf(osls)) };
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
