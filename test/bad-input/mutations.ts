import { isMap } from '../../core/is-map.ts';
import type { Path } from '../../core/recipe/recipe.ts';
import { full } from './full-recipe.ts';

type Map = Record<string, unknown>;

/** Every place of a document: maps, lists and what is in them. */
export function placesIn(value: unknown, path: Path = []): Path[] {
  const inner = Array.isArray(value) ? [...(value as unknown[]).entries()] : isMap(value) ? Object.entries(value) : [];
  return [...(path.length > 0 ? [path] : []), ...inner.flatMap(([key, entry]) => placesIn(entry, [...path, key]))];
}

export const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Map | undefined)?.[key], document);

/** Places of the full recipe that are maps with keys of their own, the document itself among them. */
export const maps: Path[] = [[], ...placesIn(full)].filter(
  (path) =>
    isMap(valueAt(full, path)) &&
    !['env', 'secrets', 'tags', 'parameters', 'extraVars'].includes(String(path.at(-1))) &&
    path.at(-2) !== 'network', // tags by which the network is found
);

const smallest = {
  name: full.name,
  source: full.source,
  builder: { instanceTypes: full.builder.instanceTypes },
  distribute: [{ region: 'us-east-1' }],
};

/** A recipe with the section that a path leads into, and little else. Thousands of documents are made from the full recipe. */
function withOwnSection([section, index, ...inner]: Path): Map {
  const whole = (full as Map)[String(section)];
  if (whole === undefined) return full;
  const isStep = section === 'provision' || section === 'checks';
  const own =
    isStep && inner.length > 0
      ? (whole as unknown[]).map((step, at) => (at === index ? step : { name: `another ${at}`, run: 'true' }))
      : whole;
  return { ...smallest, [String(section)]: own };
}

function changed(
  path: Path,
  change: (holder: Map, key: string) => void,
  document: unknown = withOwnSection(path),
): Map {
  const copy = holderCopy(document);
  const holder = path.slice(0, -1).reduce<Map>((outer, key) => (outer[key] = holderCopy(outer[key])), copy);
  change(holder, String(path.at(-1)));
  return copy;
}

/** Copies only one level. The document and its copies share all other parts. */
const holderCopy = (value: unknown): Map =>
  Array.isArray(value) ? ([...value] as unknown as Map) : { ...(value as Map) };

export const replaced = (path: Path, value: unknown) => changed(path, (holder, key) => (holder[key] = value));

export const removed = (path: Path) =>
  changed(path, (holder, key) => (Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key]));

/** Also `__proto__` becomes a key of its own, as it does in JSON and YAML. */
export const added = (path: Path, key: string, value: unknown, document?: unknown) =>
  changed(
    [...path, key],
    (holder) => Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true }),
    document,
  );

export const kindOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** Seeded (mulberry32): the same cases on every run and machine. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const huge = 'a'.repeat(1_000_000);

/** Values of every kind, tame and wild. */
export const values: [called: string, value: unknown][] = [
  ['nothing', null],
  ['true', true],
  ['false', false],
  ['zero', 0],
  ['a negative number', -7],
  ['a fraction', 1.5],
  ['a huge number', 1e308],
  ['no number', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['an empty text', ''],
  ['a blank text', ' \t '],
  ['a huge text', huge],
  ['a word', 'wrong!'],
  ['an empty list', []],
  ['a list', [7, null, ['x']]],
  ['an empty map', {}],
  ['a map', { wrong: { deeper: [1] } }],
];

const hostile = [
  ['right-to-left override', '\u202Egpj.exe'],
  ['zero-width space', 'a\u200Bb'],
  ['emoji', '\u{1F680}\u{1F468}\u200D\u{1F469}'],
  ['NUL', 'a\0b'],
  ['escape sequence', '\u001b[2Jgone'],
  ['line breaks', 'a\nb\r\nc\u2028d'],
  ['lone surrogate', 'a\uD800b'],
  ['noncharacter', 'a\uFFFEb'],
  ['command substitution', '$(rm -rf /)'],
  ['backticks', '`reboot`'],
  ['quotes', `'"'; DROP TABLE images; --`],
  ['path', '../../etc/passwd'],
  ['prototype', '__proto__'],
  ['template', '${CopyImageArn} {{ssm:secret}} $.x'],
  ['markup', '<Tag>&amp;</Tag><![CDATA[x]]>'],
] as const;
export const hostileTexts: readonly (readonly [called: string, text: string])[] = hostile;
