/** CloudWatch namespace of all our metrics. */
export const namespace = 'GoldenImages';

/** All metrics with their CloudWatch units. `dimensionsOf` has the dimensions of each. */
export const units = {
  /** From the first state of the execution to the manifest of a published build. */
  BuildSeconds: 'Seconds',
  PhaseSeconds: 'Seconds',
  BuildsPublished: 'Count',
  BuildsUpToDate: 'Count',
  BuildsFailed: 'Count',
  Failures: 'Count',
  /** Estimate in US dollars: see core/report/cost.ts. */
  EstimatedCost: 'None',
  /** Age in days of the images that a channel points at, one value for each region. */
  ImageAge: 'None',
  /** Regions in which a published channel points at nothing that can be launched. */
  BrokenChannels: 'Count',
  /** 1 while a recipe is no longer started automatically because it failed too often. */
  BreakerOpen: 'None',
  /** Differences between published images and what the pipeline and the recipe say of them. */
  Drifts: 'Count',
  OrphansFound: 'Count',
  /** Images that took a step of retiring: deprecated, disabled or deregistered. */
  ImagesRetired: 'Count',
  /** Images that could not take their step in every region. */
  RetirementsFailed: 'Count',
} as const;

export type Metric = keyof typeof units;
type Dimension = 'Deployment' | 'Recipe' | 'Phase' | 'Error' | 'Channel';

/** Metrics of one thing. `of` names it by its dimensions. */
export interface Measurement {
  of: Partial<Record<Exclude<Dimension, 'Deployment'>, string>>;
  values: Partial<Record<Metric, number | number[]>>;
  /** More for the log line, such as the build, so that it can be searched for. */
  about?: Record<string, unknown>;
}

/**
 * A measurement in CloudWatch's embedded metric format. A function's log line in this format becomes a metric, with no API call
 * and no permission. Every dimension set names the deployment, so that two deployments do not mix.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embedded({ of, values, about }: Measurement, deployment: string, now: Date): Record<string, unknown> {
  const dimensions = { Deployment: deployment, ...of };
  const Metrics = Object.keys(values).map((name) => ({ Name: name, Unit: units[name as Metric] }));
  return {
    ...about,
    ...dimensions,
    ...values,
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics }],
    },
  };
}
