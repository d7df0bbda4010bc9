import type * as z from 'zod/mini';
import type { builder } from './builder/builder.ts';
import type { target } from './distribution.ts';
import type { image } from './image/image.ts';
import type { parameters } from './parameters/definitions.ts';
import type { launchTemplate, publish } from '../publish/publish-keys.ts';
import type { retire } from '../retire/retire-keys.ts';
import type { source } from './source.ts';
import type { timedCheck, timedStep } from './provision.ts';
import type { triggers } from './upkeep.ts';

export type Source = z.infer<typeof source>;
export type Builder = z.infer<typeof builder>;
export type Step = ReturnType<typeof timedStep>;
export type Check = ReturnType<typeof timedCheck>;
export type ImageSettings = z.infer<typeof image>;
export type Target = z.infer<typeof target>;
export type LaunchTemplate = z.infer<typeof launchTemplate>;
export type Publish = z.infer<typeof publish>;
export type Retire = z.infer<typeof retire>;
export type Triggers = z.infer<typeof triggers>;

/** A recipe with every default filled in. */
export interface Recipe {
  name: string;
  description: string;
  /** Definitions of the values that starts may give. They are filled in already. */
  parameters?: z.output<typeof parameters>;
  source: Source;
  builder: Builder;
  /** Of all steps and checks, which have them filled in. */
  env?: Record<string, string>;
  provision: Step[];
  checks: Check[];
  image: ImageSettings;
  distribute: Target[];
  copies: 'auto' | 'beside-checks' | 'after-checks';
  /** Default of the targets, which have it filled in. */
  completeWithin?: string;
  onFailure: 'remove' | 'keep-image' | 'hold';
  holdFor?: string;
  publish?: Publish;
  triggers?: Triggers;
  retire?: Retire;
}

/**
 * The recipes of a folder by name, as parsed YAML, and every script by its path below that folder (`scripts/harden.sh`). Among the
 * scripts are the digests of files that recipes name: see steps/carried.ts.
 */
export interface Catalog {
  recipes: Record<string, unknown>;
  scripts: Record<string, string>;
  /** Archives of files by their digest, where the catalog is read from a folder. A deployment has them beside Resolve's code. */
  archives?: ReadonlyMap<string, Uint8Array>;
  /** Version of the pipeline that the recipes are deployed with. */
  version: string;
  /** The names of the variants, which are recipes here, by the name of the recipe whose file has them. */
  variants?: Record<string, string[]>;
}
