import type { Value } from './hcl.ts';
import { Unresolved } from './hcl.ts';
import type { TranslationNote } from './notes.ts';

/** A recipe in the making. */
export interface Draft {
  name?: string;
  description?: string;
  source: Record<string, unknown>;
  builder: Record<string, unknown>;
  provision: Record<string, unknown>[];
  checks: Record<string, unknown>[];
  image: Record<string, unknown>;
  regions: Map<string, Record<string, unknown>>;
  /** The region that `home` stands for, where the template names it. */
  home?: string;
  /** For every target: who may launch the image. */
  sharing: Record<string, unknown>;
  retire?: Record<string, unknown>;
}

export const emptyDraft = (): Draft => ({
  source: {},
  builder: {},
  provision: [],
  checks: [],
  image: {},
  regions: new Map([['home', {}]]),
  sharing: {},
});

/** Why a part cannot be translated. Thrown by a translation, and becomes its note. */
export class CannotTranslate extends Error {}

/** Translates one part. Returns where it is in the recipe. */
export type Translation<T> = (draft: Draft, value: T) => string;

/** What a table has of its own under a name that a foreign file chose. */
export const own = <T>(table: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** A value as it is written. */
export function asWritten(value: unknown): string {
  if (value instanceof Unresolved) return value.text;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A value as a text. */
export function plainText(value: unknown): string {
  if (value instanceof Unresolved)
    throw new CannotTranslate(`its value ${value.text} is known only to Packer; write the value here`);
  if (typeof value === 'string' && /\{\{|\$\{/.test(value))
    throw new CannotTranslate(`its value ${value} is filled in by Packer; write the value here`);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new CannotTranslate('its value is not a text');
}

/** A value as true or false. */
export function plainBoolean(value: unknown): boolean {
  const text = plainText(value);
  if (text !== 'true' && text !== 'false') throw new CannotTranslate('its value is not true or false');
  return text === 'true';
}

export const plainList = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(plainText);
export const mapOf = (value: Value): Record<string, Value> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unresolved) ? value : {};

/** Runs a translation, and notes what became of the part. */
export function note(
  notes: TranslationNote[],
  part: Pick<TranslationNote, 'file' | 'line' | 'what'>,
  translate: () => string,
): void {
  try {
    notes.push({ ...part, result: 'translated', says: translate() });
  } catch (error) {
    if (!(error instanceof CannotTranslate)) throw error;
    notes.push({ ...part, result: 'not translated', says: error.message });
  }
}

/** A name as recipes have: lower-case letters, digits and hyphens. */
export const recipeNameFrom = (text: string): string =>
  text
    .replaceAll(/\{\{[^}]*\}\}|\$\{[^}]*\}/g, ' ')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-$/, '');

/** The recipe that documents are added to. */
export interface DocumentContext {
  draft: Draft;
  file: string;
  notes: TranslationNote[];
  /** The component documents that were given and are not translated yet. */
  components: GivenDocument[];
}

export interface GivenDocument {
  document: unknown;
  file: string;
  /** The line of a part of the document. */
  lineOf: (path: (string | number)[]) => number | undefined;
}
