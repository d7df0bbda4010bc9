// What a deployment carries for a recipe beside its scripts: files and folders, each as one tar archive.

/** An archive: the SHA-256 of its bytes, and its size. */
export interface Carried {
  sha256: string;
  bytes: number;
  /** Whether it holds the content of a folder. Otherwise it holds one file. */
  folder: boolean;
  /** The content of a component document, which no schema has judged yet. */
  component?: unknown;
}

/** The most bytes of all archives of a recipe. */
export const mostCarriedBytes = 100_000_000;
/** The most files in one archive. */
export const mostCarriedFiles = 10_000;
/** The most bytes of all archives of a deployment. A Lambda function has at most 250 MB, and Resolve carries them beside its code. */
export const mostDeployedBytes = 200_000_000;

/** The key of an archive among the scripts of a catalog. No script has a colon in its path. */
export const carriedKey = (from: string): string => `files:${from}`;

export const carriedText = (carried: Carried): string => JSON.stringify(carried);

/** The archive of a path beside the recipe. Undefined if there is none. */
export function carriedAt(from: string, scripts: Record<string, string>): Carried | undefined {
  const text = scripts[carriedKey(from)];
  return text === undefined ? undefined : (JSON.parse(text) as Carried);
}

/** The folder or file that a step carries from beside the recipe, and the keys of the step that name it. */
export function carriedOf({ files, ansible, component }: Carrying): { from: string; at: [string, string] } | undefined {
  if (files) return { from: files.from, at: ['files', 'from'] };
  if (ansible) return { from: folderOf(ansible.playbook), at: ['ansible', 'playbook'] };
  if (component) return { from: component.file, at: ['component', 'file'] };
  return undefined;
}

interface Carrying {
  files?: { from: string };
  ansible?: { playbook: string };
  component?: { file: string };
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The folder of a path. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** What a step names beside the recipe: the keys among the scripts of a catalog. */
export function namesBeside(step: Carrying & { script?: string }): string[] {
  const carried = carriedOf(step);
  return [...(step.script === undefined ? [] : [step.script]), ...(carried ? [carriedKey(carried.from)] : [])];
}
