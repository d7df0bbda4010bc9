// What the functions are told of their deployment, as the one variable GOLDEN_SETTINGS. core/deployment-settings.ts reads it.

/** Key of the settings → its value: text, a list, or a `${…}` that CloudFormation or osls fills in. */
const settings = {
  channelRoot: '/golden',
  instanceProfile: '${BuilderProfile}',
  subnets: [],
  securityGroups: [],
};

module.exports = {
  /** For serverless.yml. JSON with references of CloudFormation in it. */
  variable: { 'Fn::Sub': JSON.stringify(settings) },
};
