// The parts of every alarm.
import type { Resource } from '../cloudformation.ts';
import { executions, type MetricSource } from './metric-sources.ts';

const metric = ([Namespace, MetricName, dimensions]: MetricSource) => ({
  Namespace,
  MetricName,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

interface Limit {
  threshold?: number;
  operator?: string;
  missing: string;
}

/**
 * An alarm names the problem and the section of docs/operations.md with the remedy.
 * @param missing What missing measurements mean.
 */
export const alarm = (
  AlarmName: string,
  AlarmDescription: string,
  { threshold = 1, operator = 'GreaterThanOrEqualToThreshold', missing }: Limit,
  watched: object,
): Resource => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName,
    AlarmDescription,
    ComparisonOperator: operator,
    Threshold: threshold,
    EvaluationPeriods: 1,
    TreatMissingData: missing,
    ...watched,
  },
});

/** One metric. */
export const one = (source: MetricSource, Statistic: string, Period: number) => ({
  ...metric(source),
  Statistic,
  Period,
});
/** The sum of several metrics; a missing value counts as 0. */
export const sumOf = (sources: MetricSource[], Period: number) => ({
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

/** The executions of a machine that did not end well. */
export const endedBadly = (machine: string) =>
  sumOf(
    ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((name) => executions(name, machine)),
    300,
  );
