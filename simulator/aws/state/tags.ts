/** The tags of a resource, by key. */
export type TagMap = Map<string, string>;
