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
    const sound = key === 'source' ? soundWhole(schema, given[key]) : soundest(schema, given[key]);
    if (sound !== undefined) Object.assign(parts, { [key]: sound });
  }
  if (parts.builder) parts.builder = withEncryption(parts.builder);
  parts.provision = each(given['provision'], (entry) => soundWhole(step, entry)).map(
    (sound) => sound && timedStep(sound),
  );
  parts.checks = each(given['checks'], (entry) => soundWhole(check, entry)).map((sound) => sound && timedCheck(sound));
  parts.distribute = each(given['distribute'], (entry) => soundest(target, entry));
  return parts;
}

const each = <T>(list: unknown, look: (entry: unknown) => T): T[] => (Array.isArray(list) ? list : []).map(look);

// What a source or a step is hangs on which keys it has: without a wrong one it would seem to be something else.
function soundWhole<S extends z.core.$ZodType>(schema: S, given: unknown): z.output<S> | undefined {
  const parsed = z.safeParse(schema, given);
  return parsed.success ? parsed.data : undefined;
}

/** A section, if need be without the keys that are wrong in it: one wrong key must not hide what the rules say of others. */
function soundest<S extends z.core.$ZodType>(schema: S, given: unknown): z.output<S> | undefined {
  const parsed = z.safeParse(schema, given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => {
    const firstIndex = path.findIndex((part) => typeof part === 'number');
    return (firstIndex < 0 ? path : path.slice(0, firstIndex)) as Path;
  });
  if (wrong.some((path) => path.length === 0)) return undefined;
  const rest = z.safeParse(
    schema,
    wrong.reduce<unknown>((left, path) => without(left, path), given),
  );
  return rest.success ? rest.data : undefined;
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
