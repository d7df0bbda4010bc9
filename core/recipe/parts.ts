import * as z from 'zod/mini';
import { isMap } from '../is-map.ts';
import { homeRegion, isCopy } from './regions.ts';
import { target } from './distribution.ts';
import { check, step, timedCheck, timedStep } from './provision.ts';
import type { Path, SoundParts } from './rules/rule.ts';
import { recipeSchema } from './schema.ts';
import { withEnv } from './steps/surroundings.ts';

/** Well-formed parts whose steps and checks may have no timeout. */
type Given = Omit<SoundParts, 'provision' | 'checks'> & {
  provision: (z.infer<typeof step> | undefined)[];
  checks: (z.infer<typeof check> | undefined)[];
};

/**
 * The well-formed parts of a document, with defaults filled in and unknown keys left out. A target called `home` gets the name of
 * the pipeline's region if that is known.
 */
export function soundParts(document: unknown, unknownKeys: Path[], home?: string): SoundParts {
  const parts: Given = { provision: [], checks: [], distribute: [] };
  if (!isMap(document)) return withDefaults(parts, home);
  const given = without(document, unknownKeys) as Record<string, unknown>;
  for (const [key, schema] of Object.entries(recipeSchema.def.shape)) {
    if (key in parts) continue;
    const sound = key === 'source' ? soundWhole(schema, given[key]) : soundest(schema, given[key]);
    if (sound !== undefined) Object.assign(parts, { [key]: sound });
  }
  parts.provision = each(given['provision'], (entry) => soundWhole(step, entry));
  parts.checks = each(given['checks'], (entry) => soundWhole(check, entry));
  parts.distribute = each(given['distribute'], (entry) => soundest(target, entry));
  return withDefaults(parts, home);
}

/** The parts of a document in which the schema found nothing wrong. */
export function partsOf(data: z.output<typeof recipeSchema>, home?: string): SoundParts {
  const { provision, checks, distribute, ...others } = data;
  return withDefaults({ provision, checks, distribute, ...others }, home); // in the order of soundParts
}

/** Fills in the defaults that depend on other keys. */
function withDefaults(parts: Given, home: string | undefined): SoundParts {
  const { completeWithin, env, provision, checks } = parts;
  const distribute = parts.distribute.map((sound) => {
    if (!sound) return sound;
    const region = sound.region === homeRegion ? (home ?? homeRegion) : sound.region;
    const capped = completeWithin !== undefined && isCopy({ ...sound, region }, home) && { completeWithin };
    return { ...capped, ...sound, region };
  });
  return {
    ...parts,
    ...(parts.builder && { builder: withEncryption(parts.builder) }),
    provision: provision.map((sound) => sound && withEnv(timedStep(sound), env)),
    checks: checks.map((sound) => sound && withEnv(timedCheck(sound), env)),
    distribute,
  };
}

const each = <T>(list: unknown, look: (entry: unknown) => T): T[] => (Array.isArray(list) ? list : []).map(look);

// The keys of a source or a step decide its kind. Without a wrong key it would seem to be of another kind, so it is dropped
// whole.
function soundWhole<S extends z.core.$ZodType>(schema: S, given: unknown): z.output<S> | undefined {
  const parsed = z.safeParse(schema, given);
  return parsed.success ? parsed.data : undefined;
}

/** A section, without its wrong keys if there are any. One wrong key must not hide what the rules find in the others. */
function soundest<S extends z.core.$ZodType>(schema: S, given: unknown): z.output<S> | undefined {
  const parsed = z.safeParse(schema, given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => {
    const firstIndex = path.findIndex((part) => typeof part === 'number');
    return (firstIndex < 0 ? path : path.slice(0, firstIndex)) as Path;
  });
  if (wrong.some((path) => path.length === 0)) return undefined;
  const rest = z.safeParse(schema, without(given, wrong));
  return rest.success ? rest.data : undefined;
}

// EC2 refuses a key without Encrypted, and a recipe that names a key has asked for encryption.
function withEncryption(builder: NonNullable<SoundParts['builder']>) {
  const volume = <V extends { encrypted?: boolean; kmsKey?: string }>(given: V): V =>
    given.kmsKey !== undefined && given.encrypted === undefined ? { ...given, encrypted: true } : given;
  return { ...builder, rootVolume: volume(builder.rootVolume), volumes: builder.volumes.map(volume) };
}

/**
 * A value without the parts that the paths lead to. Entries of lists stay, since removing one would shift the indices of others.
 */
function without(value: unknown, paths: Path[]): unknown {
  if (paths.length === 0 || typeof value !== 'object' || value === null) return value;
  const inner = new Map<string | number, Path[]>();
  for (const [head = '', ...rest] of paths) {
    const rests = inner.get(head);
    if (rests) rests.push(rest);
    else inner.set(head, [rest]);
  }
  const left = (key: string | number, entry: unknown) =>
    without(
      entry,
      (inner.get(key) ?? []).filter((rest) => rest.length > 0),
    );
  if (Array.isArray(value)) return value.map((entry: unknown, index) => left(index, entry));
  const entries = Object.entries(value).filter(([key]) => !inner.get(key)?.some((rest) => rest.length === 0));
  return Object.fromEntries(entries.map(([key, entry]) => [key, left(key, entry)]));
}
