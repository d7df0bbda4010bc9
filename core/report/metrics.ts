/** CloudWatch namespace of everything measured here. */
export const namespace = 'GoldenImages';

/** What is measured, with CloudWatch's unit; the dimensions of each are in `dimensionsOf`. */
export const units = {
  /** From the first state of the execution to the manifest of a published build. */
  BuildSeconds: 'Seconds',
  PhaseSeconds: 'Seconds',
  BuildsPublished: 'Count',
  BuildsUpToDate: 'Count',
  BuildsFailed: 'Count',
  Failures: 'Count',
  /** Estimate, in US dollars: see core/report/cost.ts. */
  EstimatedCost: 'None',
  /** Of what a channel points at, in days; one value for each region. */
  ImageAge: 'None',
  /** Regions in which a channel that was published points at nothing that can be launched. */
  BrokenChannels: 'Count',
  /** 1 while a recipe has failed so often that it is not started any more by itself. */
  BreakerOpen: 'None',
  OrphansFound: 'Count',
} as const;

export type Metric = keyof typeof units;
export type Dimension = 'Deployment' | 'Recipe' | 'Phase' | 'Error' | 'Channel';

/** Something that was measured of one thing: `of` says of which. */
export interface Measurement {
  of: Partial<Record<Exclude<Dimension, 'Deployment'>, string>>;
  values: Partial<Record<Metric, number | number[]>>;
  /** What the log line says besides: the build, for whoever looks for it. */
  about?: Record<string, unknown>;
}

/**
 * A measurement in CloudWatch's embedded metric format: written as one line of a function's log it is a metric, without a
 * call and without a permission. Every dimension set names the deployment, so that two of them do not mix.
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
