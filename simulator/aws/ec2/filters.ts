interface Filter {
  Name?: string | undefined;
  Values?: string[] | undefined;
}

/** Readers of a resource's fields, by filter name. */
export type Fields<Resource> = Record<string, (resource: Resource) => string | string[] | undefined>;

/**
 * The resources that match every filter. A filter matches any of its values, with wildcards `*` and `?`; `tag:K` and `tag-key`
 * are always supported.
 */
export function selectByFilters<Resource extends { tags: Map<string, string> }>(
  resources: Iterable<Resource>,
  filters: Filter[] | undefined,
  fields: Fields<Resource>,
): Resource[] {
  const tests = (filters ?? []).map(({ Name = '', Values = [] }) => {
    const isPattern = (value: string) => /[*?\\]/.test(value);
    const words = new Set(Values.filter((value) => !isPattern(value)));
    const patterns = Values.filter(isPattern).map(wildcard);
    const matches = (value: string) => words.has(value) || patterns.some((pattern) => pattern.test(value));
    const read = reader(Name, fields);
    return (resource: Resource) => {
      const value = read(resource);
      return Array.isArray(value) ? value.some(matches) : value !== undefined && matches(value);
    };
  });
  return [...resources].filter((resource) => tests.every((test) => test(resource)));
}

function reader<Resource extends { tags: Map<string, string> }>(name: string, fields: Fields<Resource>) {
  if (name.startsWith('tag:')) return (resource: Resource) => resource.tags.get(name.slice(4));
  if (name === 'tag-key') return (resource: Resource) => [...resource.tags.keys()];
  const field = fields[name];
  if (!field) throw new Error(`the simulator does not implement filter ${name}`);
  return field;
}

export function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*?\\])|([*?])|([.+^${}()|[\]\\])/g, (_all, escaped, wild, special) => {
    if (wild) return wild === '*' ? '[^]*' : '[^]';
    return `\\${escaped ?? special}`;
  });
  return new RegExp(`^${source}$`);
}
