// What a deployment carries for a recipe beside its scripts: files and folders, each as one tar archive.

/** An archive: the SHA-256 of its bytes, and its size. */
export interface Carried {
  sha256: string;
  bytes: number;
  /** Whether it holds the content of a folder. Otherwise it holds one file. */
  folder: boolean;
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

/** What a step names beside the recipe: the keys among the scripts of a catalog. */
export const namesBeside = ({ script, files }: { script?: string; files?: { from: string } }): string[] => [
  ...(script === undefined ? [] : [script]),
  ...(files === undefined ? [] : [carriedKey(files.from)]),
];
