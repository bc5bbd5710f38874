/** The custom metrics of a model, in CloudWatch's namespace `METRIC_NAMESPACE`: published by monitoring, read by alarms and dashboard. */

export const CUSTOM = {
  /** Dimensions Model, Feature: population stability index of one input, or of the predictions. */
  drift: 'DriftPsi',
  /** Dimensions Model, Metric: a measure of the predictions whose outcome is known. */
  quality: 'Quality',
  /** Dimensions Model, Metric: what the measure probably is, while too few outcomes are known. */
  estimated: 'EstimatedQuality',
  /** Dimension Model, of the worst input: how far its share of missing values rose; its share of values of another type. */
  missing: 'MissingRise',
  mistyped: 'Mistyped',
  /** Dimension Model: share of requests that the model refused. */
  refused: 'Refused',
  /** Dimension Model: share of the replayed rows that came out otherwise than in training. */
  skew: 'Skew',
  /** Dimensions Model, Resource (cpu, memory): share of an instance in use, in the busiest hour. */
  utilization: 'Utilization',
  /** Dimension Model: predictions of the pass whose outcome is known. */
  labelled: 'LabelledRows',
  /** Dimensions Model, Kind: findings of the pass that are an alarm; 0 when there is none. */
  findings: 'Findings',
} as const;
