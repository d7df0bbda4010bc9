/** Whether a value is a map of keys as in JSON and YAML: neither a list nor null. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
