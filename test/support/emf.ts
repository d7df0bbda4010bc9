// CloudWatch's embedded metric format, checked against its specification.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

type Fields = Record<string, unknown>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// CloudWatch's units other than sizes.
const units = new Set(['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None']);
const day = 24 * 3600 * 1000;

export const isMetric = (line: Fields): boolean => '_aws' in line;

/** Every deviation from the specification, in words. @param now Milliseconds. CloudWatch accepts only times near it. */
export function checkEmf(line: Fields, now: number): string[] {
  const found: string[] = [];
  const say = (what: string) => void found.push(what);
  const members = (where: string, value: Fields, known: string[]) => {
    for (const key of Object.keys(value)) if (!known.includes(key)) say(`${where} may not have ${key}`);
  };
  const text = (where: string, value: unknown, most: number) => {
    if (typeof value !== 'string' || value.length < 1 || value.length > most)
      say(`${where} is no text of 1 to ${most}`);
  };
  const meta = line['_aws'];
  if (!isObject(meta)) return ['_aws is no object'];
  members('_aws', meta, ['Timestamp', 'CloudWatchMetrics']);
  const { Timestamp: time, CloudWatchMetrics: directives } = meta;
  if (!Number.isInteger(time) || Number(time) < now - 14 * day || Number(time) > now + day / 12)
    say(`Timestamp ${String(time)} is not within two weeks`);
  if (!Array.isArray(directives) || directives.length === 0) return [...found, 'CloudWatchMetrics is no list'];
  for (const directive of directives as Fields[]) {
    members('a directive', directive, ['Namespace', 'Dimensions', 'Metrics']);
    text('Namespace', directive['Namespace'], 255);
    const sets = directive['Dimensions'] as string[][];
    if (!Array.isArray(sets) || sets.length === 0) say('Dimensions is no list');
    for (const set of sets) {
      if (set.length > 30) say(`${set.length} dimensions`);
      for (const name of set) {
        text('a dimension', name, 250);
        text(`the dimension ${name}`, line[name], 1024);
      }
    }
    const metrics = directive['Metrics'] as Fields[];
    if (metrics.length === 0 || metrics.length > 100) say(`${metrics.length} metrics`);
    for (const { Name, Unit, ...rest } of metrics) {
      members('a metric', rest, []);
      text('a metric', Name, 1024);
      if (!units.has(String(Unit))) say(`${String(Name)} is in ${String(Unit)}`);
      const values = [line[String(Name)]].flat();
      if (values.length === 0 || values.length > 100) say(`${String(Name)} has ${values.length} values`);
      if (values.some((value) => typeof value !== 'number' || !Number.isFinite(value)))
        say(`${String(Name)} is no number`);
    }
  }
  return found;
}

/** The metrics as `Name Dimension,Dimension`, in alphabetical order. */
export const metricsIn = (line: Fields): string[] =>
  (
    line['_aws'] as { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] }
  ).CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((set) => Metrics.map(({ Name }) => `${Name} ${set.toSorted().join()}`)),
  );
