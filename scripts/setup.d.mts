/** Absolute path of the repository. */
export const root: string;
export function lockHash(): string;
export function ensureInstalled(): Promise<void>;
