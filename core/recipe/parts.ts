import * as z from 'zod/mini';
import { target } from './distribution.ts';
import { check, step, timedCheck, timedStep } from './provision.ts';
import type { Path, SoundParts } from './rule.ts';
import { recipeSchema } from './schema.ts';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What of a document is well formed, with defaults filled in; the unknown keys are left aside. */
export function soundParts(document: unknown, unknownKeys: Path[]): SoundParts {
  const parts: SoundParts = { provision: [], checks: [], distribute: [] };
  if (!isMap(document)) return parts;
  const given = unknownKeys.reduce<unknown>((left, path) => without(left, path), document) as Record<string, unknown>;
  for (const [key, schema] of Object.entries(recipeSchema.def.shape)) {
    if (key in parts) continue;
    const parsed = z.safeParse(schema, given[key]);
    if (parsed.success && parsed.data !== undefined) Object.assign(parts, { [key]: parsed.data });
  }
  if (parts.builder) parts.builder = withEncryption(parts.builder);
  parts.provision = each(step, given['provision'], timedStep);
  parts.checks = each(check, given['checks'], timedCheck);
  parts.distribute = each(target, given['distribute'], (sound) => sound);
  return parts;
}

function each<S extends z.core.$ZodType, T>(
  schema: S,
  list: unknown,
  finish: (entry: z.output<S>) => T,
): (T | undefined)[] {
  return (Array.isArray(list) ? list : []).map((entry) => {
    const parsed = z.safeParse(schema, entry);
    return parsed.success ? finish(parsed.data) : undefined;
  });
}

// EC2 refuses a key without Encrypted, and whoever names a key has asked for encryption.
function withEncryption(builder: NonNullable<SoundParts['builder']>) {
  const volume = <V extends { encrypted?: boolean; kmsKey?: string }>(given: V): V =>
    given.kmsKey !== undefined && given.encrypted === undefined ? { ...given, encrypted: true } : given;
  return { ...builder, rootVolume: volume(builder.rootVolume), volumes: builder.volumes.map(volume) };
}

function without(value: unknown, [head, ...rest]: Path): unknown {
  if (head === undefined) return value;
  if (Array.isArray(value))
    return value.map((entry: unknown, index) => (index === head ? without(entry, rest) : entry));
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== head || rest.length > 0);
  return Object.fromEntries(entries.map(([key, entry]) => [key, key === head ? without(entry, rest) : entry]));
}
