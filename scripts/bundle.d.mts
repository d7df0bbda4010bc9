import type { BuildOptions } from 'esbuild';
import type { Catalog } from '../core/recipe/types.ts';

export interface BundleSize {
  name: string;
  /** Bytes of index.mjs. */
  entry: number;
  total: number;
  files: number;
}
/** Puts the recipes beside the functions that take them. */
export function compileRecipes(outdir?: string, folder?: string): Promise<Catalog>;
/** Writes infrastructure.json for the deployment that the arguments name. */
export function writeInfrastructure(
  args: string[],
  catalog: Catalog,
  outdir?: string,
  env?: Record<string, string | undefined>,
): Promise<void>;
export function functionFiles(): Record<string, string>;
export function bundleFunctions(options?: { outdir?: string; only?: string[]; limit?: number }): Promise<BundleSize[]>;
export function bundleOptions(file: string, outdir: string): BuildOptions;
