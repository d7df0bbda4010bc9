/** The tags of a resource, by key. */
export type Tags = Map<string, string>;
