// The dashboard, the alarms and their recipients. Each of our metrics that is named here is known to core/report/metrics.ts and
// measured by a function: test/observability.test.ts compares them.
const { readOfRecipes } = require('./of-recipes.cjs');
const { off, read } = require('./stack-settings.cjs');
const { arnOf, topicResources, whomToNotify } = require('./notified.cjs');

const deployment = '${self:service}-${self:provider.stage}';
const ref = (id) => ({ Ref: id });
const ours = (MetricName, of) => ['GoldenImages', MetricName, { Deployment: deployment, ...of }];
const waiting = (queue) => [
  'AWS/SQS',
  'ApproximateNumberOfMessagesVisible',
  { QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } },
];
const executions = (MetricName, machine) => ['AWS/States', MetricName, { StateMachineArn: ref(machine) }];

/** Every queue for failed events and calls. None of them empties itself. */
const queues = {
  DeadBuilds: 'Builds that failed, were stopped or ran out of time.',
  TriggerFailures: 'Events that a function could not take in all its tries.',
  UnstartedSweeps: 'Sweeps that could not be started.',
};

const day = 86400;
const measured = 21600; // how often measureRecipes does

const metric = ([Namespace, MetricName, dimensions]) => ({
  Namespace,
  MetricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

/**
 * An alarm names the problem and the section of docs/operations.md with the remedy.
 * @param missing What missing measurements mean.
 */
const alarm = (
  name,
  AlarmDescription,
  { threshold = 1, operator = 'GreaterThanOrEqualToThreshold', missing },
  watched,
) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: `${deployment}-${name}`,
    AlarmDescription,
    ComparisonOperator: operator,
    Threshold: threshold,
    EvaluationPeriods: 1,
    TreatMissingData: missing,
    ...watched,
  },
});

const one = (source, Statistic, Period) => ({ ...metric(source), Statistic, Period });
/** The sum of several metrics; a missing value counts as 0. */
const sumOf = (sources, Period) => ({
  Metrics: [
    {
      Id: 'all',
      Expression: sources.map((_, index) => `FILL(m${index}, 0)`).join(' + '),
      Label: 'all',
      ReturnData: true,
    },
    ...sources.map((source, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric: metric(source), Stat: 'Sum', Period },
      ReturnData: false,
    })),
  ],
});
// AWS counts only what happens, so a missing value means that nothing is wrong
const quiet = { missing: 'notBreaching' };
// Between two measurements, the last value holds. A failed measurement shows in TriggerFailures.
const asBefore = { missing: 'ignore' };

// A logical id has no hyphens and a recipe's name no capitals, so two recipes never share a logical id.
const idOf = (recipe) => recipe.replaceAll('-', 'X');

const alarmsOf = ({ recipe, channel }, staleAfterDays) => ({
  [`BreakerOpen${idOf(recipe)}`]: alarm(
    `breaker-open-${recipe}`,
    `${recipe} failed so often that it is not built by itself any more. Runbook: "Nothing builds a recipe any more".`,
    asBefore,
    one(ours('BreakerOpen', { Recipe: recipe }), 'Maximum', measured),
  ),
  ...(channel && {
    [`Stale${idOf(recipe)}`]: alarm(
      `stale-${recipe}`,
      `${recipe}/${channel} points at an image of more than ${staleAfterDays} days. Runbook: "An image is stale".`,
      { ...asBefore, threshold: staleAfterDays, operator: 'GreaterThanThreshold' },
      one(ours('ImageAge', { Recipe: recipe, Channel: channel }), 'Maximum', measured),
    ),
    [`ChannelBroken${idOf(recipe)}`]: alarm(
      `channel-broken-${recipe}`,
      `${recipe}/${channel} points at nothing that can be launched, in some region. Runbook: "A channel is broken".`,
      asBefore,
      one(ours('BrokenChannels', { Recipe: recipe, Channel: channel }), 'Maximum', measured),
    ),
  }),
});

/** Alarms by logical id. */
const alarmsFor = (recipes, staleAfterDays) => ({
  BuildFailed: alarm(
    'build-failed',
    'A build failed or ran out of time. Runbook: "A build failed".',
    quiet,
    sumOf([executions('ExecutionsFailed', 'BuildImage'), executions('ExecutionsTimedOut', 'BuildImage')], 300),
  ),
  CleanUpFailed: alarm(
    'clean-up-failed',
    'The clean-up of a build that died did not end well: things may be left behind. Runbook: "Something was left behind".',
    quiet,
    sumOf(
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((name) => executions(name, 'CleanUpBuild')),
      300,
    ),
  ),
  OrphansFound: alarm(
    'orphans-found',
    'The sweep found things that builds had left behind. It removes them, but something did not clean up. Runbook: "The sweep found orphans".',
    asBefore,
    one(ours('OrphansFound', {}), 'Maximum', day),
  ),
  SweepNotDone: alarm(
    'sweep-failed',
    'The sweep failed: it could not look everywhere, or could remove nothing. Runbook: "The sweep failed".',
    quiet,
    sumOf(
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((name) => executions(name, 'SweepMachine')),
      300,
    ),
  ),
  ...Object.fromEntries(
    Object.entries(queues).map(([id, what]) => [
      `${id}NotEmpty`,
      alarm(
        `${id.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()}-not-empty`,
        `${what} Runbook: "A queue is not empty".`,
        quiet,
        one(waiting(id), 'Maximum', 300),
      ),
    ]),
  ),
  ...Object.assign({}, ...recipes.map((recipe) => alarmsOf(recipe, staleAfterDays))),
});

// A dashboard body is one Fn::Sub, so references in it are ${…}.
const drawn = ([namespace, name, dimensions], options = {}) => [
  namespace,
  name,
  ...Object.entries(dimensions).flatMap(([key, value]) => [key, typeof value === 'string' ? value : inText(value)]),
  options,
];
const inText = (value) => '${' + (value.Ref ?? value['Fn::GetAtt'].join('.')) + '}';
/** All metrics of a name with these dimensions, whatever values the dimensions have. */
const found = (name, dimensions, stat, period) => {
  const schema = ['GoldenImages', 'Deployment', ...dimensions].join(',');
  const expression = `SEARCH('{${schema}} MetricName="${name}" Deployment="${deployment}"', '${stat}', ${period})`;
  return [{ expression }];
};

const graph = (title, stat, period, metrics, more = {}) => ({
  type: 'metric',
  width: 12,
  height: 6,
  properties: { title, region: '${AWS::Region}', view: 'timeSeries', stat, period, metrics, ...more },
});

function widgetsFor(recipes, alarms, staleAfterDays) {
  const published = recipes.filter(({ channel }) => channel);
  const ofChannels = (name) =>
    published.map(({ recipe, channel }) =>
      drawn(ours(name, { Recipe: recipe, Channel: channel }), { label: `${recipe}/${channel}` }),
    );
  const ofRecipes = (name) => recipes.map(({ recipe }) => drawn(ours(name, { Recipe: recipe }), { label: recipe }));
  const limit = { annotations: { horizontal: [{ label: 'stale', value: staleAfterDays }] } };
  const ends = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((end) => `Executions${end}`);
  return [
    {
      type: 'alarm',
      width: 24,
      height: 4,
      properties: { title: 'Alarms', alarms: Object.keys(alarms).map((id) => '${' + id + '.Arn}') },
    },
    graph('Age of images, days', 'Maximum', measured, ofChannels('ImageAge'), limit),
    graph('Regions in which a channel points at nothing', 'Maximum', measured, ofChannels('BrokenChannels')),
    graph('Builds published', 'Sum', day, ofRecipes('BuildsPublished')),
    graph('Failures by error', 'Sum', day, [found('Failures', ['Recipe', 'Error'], 'Sum', day)]),
    graph('Builds that failed', 'Sum', day, ofRecipes('BuildsFailed')),
    graph('Builds that had nothing to do', 'Sum', day, ofRecipes('BuildsUpToDate')),
    graph('Duration of a build, seconds', 'Average', day, ofRecipes('BuildSeconds')),
    graph('Duration by phase, seconds', 'Average', day, [found('PhaseSeconds', ['Recipe', 'Phase'], 'Average', day)]),
    graph('Cost of builds by estimate, US dollars', 'Sum', day, ofRecipes('EstimatedCost')),
    graph('Recipes that are not built by themselves any more', 'Maximum', measured, ofRecipes('BreakerOpen')),
    graph('Orphans found', 'Maximum', day, [drawn(ours('OrphansFound', {}))]),
    graph(
      'Executions of build-image',
      'Sum',
      3600,
      ends.map((name) => drawn(executions(name, 'BuildImage'))),
    ),
    graph(
      'Queues of what could not be done',
      'Maximum',
      300,
      Object.keys(queues).map((id) => drawn(waiting(id), { label: id })),
    ),
  ].filter(({ properties }) => (properties.metrics ?? properties.alarms).length > 0);
}

/** Places widgets side by side while there is room. */
function placed(widgets) {
  let [x, y] = [0, 0];
  return widgets.map(({ type, width, height, properties }) => {
    const widget = { type, x, y, width, height, properties };
    x = (x + width) % 24;
    if (x === 0) y += height;
    return widget;
  });
}

module.exports = {
  /** For serverless.yml, after the bundler has read the recipes. */
  async resources(osls) {
    const { resolveVariable } = osls;
    const { kmsKey } = await read(osls);
    const recipes = readOfRecipes('channels.json');
    const staleAfterDays = Number(await resolveVariable('param:staleAfterDays'));
    if (!(staleAfterDays > 0)) throw new Error('staleAfterDays must be a number of days.');
    const whom = whomToNotify(await resolveVariable('param:notify'));
    const alarms = alarmsFor(recipes, staleAfterDays);
    // notify itself reports failed builds, in more detail
    for (const [id, { Properties }] of Object.entries(alarms))
      if (whom && id !== 'BuildFailed') Properties.AlarmActions = [whom.address ? ref('Notifications') : arnOf(whom)];
    return {
      ...alarms,
      ...(whom?.address && topicResources(whom.address, off(kmsKey) ? undefined : kmsKey)),
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          DashboardName: deployment,
          DashboardBody: {
            'Fn::Sub': JSON.stringify({ widgets: placed(widgetsFor(recipes, alarms, staleAfterDays)) }),
          },
        },
      },
    };
  },
};
