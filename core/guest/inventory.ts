/** A package that is installed on a builder. */
export interface Package {
  name: string;
  version: string;
}

/** The lines around the packages in the output of the sanitizing step. */
export const inventoryMarks = { begins: '--- packages', ends: '--- end of packages' };

/**
 * The packages in the output of the sanitizing step, sorted by name. Several versions of a package, as of a kernel, are one entry.
 * Undefined where the output has no whole inventory.
 */
export function inventoryIn(output: string): Package[] | undefined {
  const lines = output.split(/\r?\n/);
  const [begin, end] = [lines.indexOf(inventoryMarks.begins), lines.indexOf(inventoryMarks.ends)];
  if (begin < 0 || end < begin) return undefined;
  const versions = new Map<string, Set<string>>();
  for (const line of lines.slice(begin + 1, end)) {
    const [name = '', version = ''] = line.split('\t');
    if (name) versions.set(name, (versions.get(name) ?? new Set()).add(version));
  }
  return [...versions]
    .map(([name, all]) => ({ name, version: [...all].toSorted().join(', ') }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** An output without its inventory, for a reader who wants to know why the step failed. */
export const withoutInventory = (output: string): string => {
  const end = output.lastIndexOf(inventoryMarks.ends);
  return end < 0 ? output : output.slice(end + inventoryMarks.ends.length).trimStart();
};

/** How the packages of two images differ. */
export interface PackageChanges {
  added: Package[];
  removed: Package[];
  changed: { name: string; from: string; to: string }[];
}

export function packageChanges(before: Package[], now: Package[]): PackageChanges {
  const [old, fresh] = [before, now].map((list) => new Map(list.map(({ name, version }) => [name, version])));
  return {
    added: now.filter(({ name }) => !old?.has(name)),
    removed: before.filter(({ name }) => !fresh?.has(name)),
    changed: now.flatMap(({ name, version: to }) => {
      const from = old?.get(name);
      return from === undefined || from === to ? [] : [{ name, from, to }];
    }),
  };
}
