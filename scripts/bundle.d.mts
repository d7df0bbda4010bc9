import type { BuildOptions } from 'esbuild';

export interface BundleSize {
  name: string;
  /** Bytes of index.mjs. */
  entry: number;
  total: number;
  files: number;
}
/** Recipes beside the functions that take them, and schedules.json. */
export function compileRecipes(outdir?: string, folder?: string): Promise<void>;
export function functionFiles(): Record<string, string>;
export function bundleFunctions(options?: {
  outdir?: string;
  only?: string[];
  limit?: number;
  recipes?: string;
}): Promise<BundleSize[]>;
export function bundleOptions(file: string, outdir: string): BuildOptions;
