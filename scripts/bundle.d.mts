import type { BuildOptions } from 'esbuild';

export interface BundleSize {
  name: string;
  /** Bytes of index.mjs and of what it imports, which is all that a cold start reads before the handler is called. */
  start: number;
  total: number;
  files: number;
}
/** Bundles functions, given as key → source file. */
export function bundleFunctions(
  files: Record<string, string>,
  options?: { outdir?: string; limit?: number },
): Promise<BundleSize[]>;
export function bundleOptions(file: string, outdir: string): BuildOptions;
