import type { Resource, Text } from '../cloudformation.ts';
import type { ConfiguredDeployment } from '../settings/deployment.ts';
import {
  dayPeriod,
  executions,
  hourPeriod,
  measuredPeriod,
  ownMetric,
  queues,
  waiting,
  type RecipeChannel,
  type MetricSource,
} from './metric-sources.ts';

interface Widget {
  type: string;
  width: number;
  height: number;
  properties: { metrics?: unknown[]; alarms?: string[]; [more: string]: unknown };
}

// A dashboard body is one Fn::Sub, so references in it are ${…}.
const drawn = ([namespace, name, dimensions]: MetricSource, options: object = {}): unknown[] => [
  namespace,
  name,
  ...Object.entries(dimensions).flatMap(([key, value]) => [key, inText(value)]),
  options,
];
function inText(value: Text): string {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return '${' + value.Ref + '}';
  return 'Fn::Sub' in value ? value['Fn::Sub'] : '${' + value['Fn::GetAtt'].join('.') + '}';
}
/** All metrics of a name with these dimensions, for all values of the dimensions. */
const found = (deployment: string, name: string, dimensions: string[], stat: string, period: number) => {
  const schema = ['GoldenImages', 'Deployment', ...dimensions].join(',');
  const expression = `SEARCH('{${schema}} MetricName="${name}" Deployment="${deployment}"', '${stat}', ${period})`;
  return [{ expression }];
};

const graph = (title: string, stat: string, period: number, metrics: unknown[], more: object = {}): Widget => ({
  type: 'metric',
  width: 12,
  height: 6,
  properties: { title, region: '${AWS::Region}', view: 'timeSeries', stat, period, metrics, ...more },
});

function widgetsFor(
  recipes: RecipeChannel[],
  alarms: string[],
  { name: deployment, staleAfterDays }: ConfiguredDeployment,
): Widget[] {
  const published = recipes.flatMap(({ recipe, channel }) => (channel === null ? [] : [{ recipe, channel }]));
  const ofChannels = (name: string) =>
    published.map(({ recipe, channel }) =>
      drawn(ownMetric(name, deployment, { Recipe: recipe, Channel: channel }), { label: `${recipe}/${channel}` }),
    );
  const ofRecipes = (name: string) =>
    recipes.map(({ recipe }) => drawn(ownMetric(name, deployment, { Recipe: recipe }), { label: recipe }));
  const limit = { annotations: { horizontal: [{ label: 'stale', value: staleAfterDays }] } };
  const ends = ['Started', 'Succeeded', 'Failed', 'TimedOut', 'Aborted'].map((end) => `Executions${end}`);

  /** How the executions of a machine end. */
  const endsOf = (name: string, machine: string) =>
    graph(
      `Executions of ${name}`,
      'Sum',
      3600,
      ends.map((end) => drawn(executions(end, machine))),
    );
  return [
    {
      type: 'alarm',
      width: 24,
      height: 4,
      properties: { title: 'Alarms', alarms: alarms.map((id) => '${' + id + '.Arn}') },
    },
    graph('Age of images, days', 'Maximum', measuredPeriod, ofChannels('ImageAge'), limit),
    graph('Regions in which a channel points at nothing', 'Maximum', measuredPeriod, ofChannels('BrokenChannels')),
    graph('Drifts of published images', 'Maximum', hourPeriod, ofRecipes('Drifts')),
    graph('Builds published', 'Sum', dayPeriod, ofRecipes('BuildsPublished')),
    graph('Failures by error', 'Sum', dayPeriod, [
      found(deployment, 'Failures', ['Recipe', 'Error'], 'Sum', dayPeriod),
    ]),
    graph('Builds that failed', 'Sum', dayPeriod, ofRecipes('BuildsFailed')),
    graph('Builds that had nothing to do', 'Sum', dayPeriod, ofRecipes('BuildsUpToDate')),
    graph('Duration of a build, seconds', 'Average', dayPeriod, ofRecipes('BuildSeconds')),
    graph('Duration by phase, seconds; check and distribute overlap', 'Average', dayPeriod, [
      found(deployment, 'PhaseSeconds', ['Recipe', 'Phase'], 'Average', dayPeriod),
    ]),
    graph('Cost of builds by estimate, US dollars', 'Sum', dayPeriod, ofRecipes('EstimatedCost')),
    graph('Recipes that are not built by themselves any more', 'Maximum', measuredPeriod, ofRecipes('BreakerOpen')),
    graph('Images retired, and images that could not be', 'Sum', dayPeriod, [
      drawn(ownMetric('ImagesRetired', deployment)),
      drawn(ownMetric('RetirementsFailed', deployment)),
    ]),
    graph('Orphans found', 'Maximum', dayPeriod, [drawn(ownMetric('OrphansFound', deployment))]),
    endsOf('build-image', 'BuildImage'),
    endsOf('move-channel', 'MoveChannelMachine'),
    graph(
      'Queues of what could not be done',
      'Maximum',
      300,
      Object.keys(queues).map((id) => drawn(waiting(id), { label: id })),
    ),
  ].filter(({ properties }) => (properties.metrics ?? properties.alarms ?? []).length > 0);
}

/** Places widgets side by side while there is room. */
function placed(widgets: Widget[]): object[] {
  let [x, y] = [0, 0];
  return widgets.map(({ type, width, height, properties }) => {
    const widget = { type, x, y, width, height, properties };
    x = (x + width) % 24;
    if (x === 0) y += height;
    return widget;
  });
}

/** @param alarms Logical ids of the alarms. */
export const dashboard = (recipes: RecipeChannel[], alarms: string[], deployment: ConfiguredDeployment): Resource => ({
  Type: 'AWS::CloudWatch::Dashboard',
  Properties: {
    DashboardName: deployment.name,
    DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: placed(widgetsFor(recipes, alarms, deployment)) }) },
  },
});
