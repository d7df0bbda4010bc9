// The metrics that alarms and the dashboard watch. core/report/metrics.ts knows each of our own metrics, and a function measures it:
// test/infrastructure/observability.test.ts compares them.
import { ref, type Text } from '../cloudformation.ts';

/** Where a metric is found: its namespace, its name and its dimensions. */
export type MetricSource = [namespace: string, name: string, dimensions: Record<string, Text>];

export const ownMetric = (MetricName: string, deployment: string, of: Record<string, string> = {}): MetricSource => [
  'GoldenImages',
  MetricName,
  { Deployment: deployment, ...of },
];
export const waiting = (queue: string): MetricSource => [
  'AWS/SQS',
  'ApproximateNumberOfMessagesVisible',
  { QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } },
];
export const executions = (MetricName: string, machine: string): MetricSource => [
  'AWS/States',
  MetricName,
  { StateMachineArn: ref(machine) },
];

/** Every queue for failed events and calls. None of them empties itself. */
export const queues: Record<string, string> = {
  DeadBuilds: 'Builds that failed, were stopped or ran out of time.',
  TriggerFailures: 'Events that a function could not take in all its tries.',
  UnstartedSweeps: 'Sweeps that could not be started.',
  UnstartedRetirements: 'Daily retirements of images that could not be started.',
};

export const dayPeriod = 86400;
export const measuredPeriod = 21600; // how often measureRecipes does

export const hourPeriod = 3600; // how often checkDrift does

/** A recipe, with the channel that it publishes to. */
export interface RecipeChannel {
  recipe: string;
  channel: string | null;
}
