import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isScalar,
  isSeq,
  Lexer,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { keysAt } from '../../core/recipe/explain.ts';
import { recipeFileSchema } from '../../core/recipe/bases/base-key.ts';
import type { Path } from '../../core/recipe/recipe.ts';

/**
 * The text of a recipe with the keys of each map in the schema's order. A key takes its comments along. Keys that the schema does
 * not know come last. A map stays as it is if the text would mean something else.
 */
export function sortKeys(text: string): string {
  const kept = new Set<string>();
  let sorted = text.endsWith('\n') ? text : `${text}\n`;
  let yaml = parse(sorted);
  const says = sayingOf(yaml, sorted);
  for (;;) {
    const found = unsorted(yaml.contents, [], kept);
    if (!found) return sorted;
    const next = found.map.flow ? flowSorted(sorted, found) : blockSorted(sorted, found);
    const moved = parse(next);
    if (isDeepStrictEqual(sayingOf(moved, next), says)) [sorted, yaml] = [next, moved];
    kept.add(found.path.join('/'));
  }
}

// The package `yaml` compares every key with every other if it looks for duplicates, and readYaml has found those.
const parse = (text: string) => parseDocument(text, { merge: true, stringKeys: true, uniqueKeys: false });

/** The document and the comments of a text; undefined if it is not YAML. */
function sayingOf(yaml: Document.Parsed, text: string) {
  if (yaml.errors.length > 0) return undefined;
  const comments = [...new Lexer().lex(text)].filter((lexeme) => lexeme.startsWith('#'));
  return { document: yaml.toJS() as unknown, comments: comments.map((comment) => comment.trim()).toSorted() };
}

/** Whether two texts are the same document, with the same comments in any order. */
export const saysTheSame = (text: string, other: string): boolean =>
  isDeepStrictEqual(sayingOf(parse(text), text), sayingOf(parse(other), other));

interface Unsorted {
  path: Path;
  map: YAMLMap;
  /** Its pairs in the order that they should have. */
  order: Pair[];
}

const keyOf = ({ key }: Pair): string =>
  isScalar(key) && typeof key.value === 'symbol' ? '<<' : String(isScalar(key) ? key.value : key);

/** The first map below a node whose keys are not in order, without those that are to stay as they are. */
function unsorted(node: unknown, path: Path, kept: Set<string>): Unsorted | undefined {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = unsorted(item, [...path, index], kept);
      if (found) return found;
    }
  }
  if (!isMap(node)) return undefined;
  const order = inOrder(node, ['<<', ...keysAt(recipeFileSchema, path)]);
  if (!isDeepStrictEqual(order.map(keyOf), node.items.map(keyOf)) && !kept.has(path.join('/')))
    return { path, map: node, order };
  for (const pair of node.items) {
    const found = unsorted(pair.value, [...path, keyOf(pair)], kept);
    if (found) return found;
  }
  return undefined;
}

/** The pairs of a map in the order of the keys. Only a pair that uses an anchor of an earlier one stays behind that one. */
function inOrder({ items }: YAMLMap, keys: string[]): Pair[] {
  if (keys.length === 1) return items; // a map whose keys are the user's own
  const rank = (pair: Pair) => keys.indexOf(keyOf(pair)) >>> 0; // an unknown key is the last
  const named = new Map(items.map((pair) => [pair, namesIn(pair)]));
  const needs = (pair: Pair) =>
    items
      .slice(0, items.indexOf(pair))
      .filter((before) => named.get(pair)?.aliases.some((name) => named.get(before)?.anchors.includes(name)));
  const ordered: Pair[] = [];
  const waiting = items.toSorted((a, b) => rank(a) - rank(b));
  while (waiting.length > 0) {
    const next = waiting.findIndex((pair) => needs(pair).every((needed) => ordered.includes(needed)));
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

/** The anchors and aliases in the value of a pair, by their names. */
function namesIn({ value }: Pair): { anchors: string[]; aliases: string[] } {
  const [anchors, aliases]: [string[], string[]] = [[], []];
  visit(value as Node | null, {
    Alias: (_key, { source }) => void aliases.push(source),
    Value: (_key, { anchor }) => void (anchor !== undefined && anchors.push(anchor)),
  });
  return { anchors, aliases };
}

const startOf = ({ key }: Pair): number => (key as Node).range?.[0] ?? 0;

/** Where the value of a pair ends, without what follows its last line. */
function endOf({ key, value }: Pair): number {
  const last = isMap(value) && !value.flow ? value.items.at(-1) : undefined;
  if (last) return endOf(last);
  const item = isSeq(value) && !value.flow ? value.items.at(-1) : undefined;
  if (item) return endOf({ key, value: item } as Pair);
  return ((value as Node | null)?.range ?? (key as Node).range)?.[1] ?? 0;
}

/** What stands between the pairs of a flow map stays where it is. */
function flowSorted(text: string, { map, order }: Unsorted): string {
  const [from = 0, to = 0] = map.range ?? [];
  if (text.slice(from, to).includes('#')) return text; // perhaps a comment, and one cannot see to which key it belongs
  let written = from;
  const parts = map.items.map((pair, index) => {
    const between = text.slice(written, startOf(pair));
    written = endOf(pair);
    const moved = order[index] ?? pair;
    return between + text.slice(startOf(moved), endOf(moved));
  });
  return text.slice(0, from) + parts.join('') + text.slice(written);
}

const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1;
const lineEnd = (text: string, offset: number) => {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
};

/** The start of the comments and empty lines right above a key. */
function leadOf(text: string, pair: Pair, above: number): number {
  const column = startOf(pair) - lineStart(text, startOf(pair));
  let start = lineStart(text, startOf(pair));
  while (start > above) {
    const before = lineStart(text, start - 1);
    const line = text.slice(before, start);
    const mine = line.trim() === '' || (line.trimStart().startsWith('#') && line.search(/\S/) <= column);
    if (before < above || !mine) break;
    start = before;
  }
  return start;
}

/** A key of a block map is moved by whole lines. */
function blockSorted(text: string, { map, order, path }: Unsorted): string {
  const [first] = map.items;
  if (!first) return text;
  const opening = lineStart(text, startOf(first));
  const prefix = text.slice(opening, startOf(first)); // with the dash of a list
  const inList = prefix.trim() !== '';
  // The comment at the top is about the file, and a comment above a dash is about the entry.
  const top = path.length === 0 || inList ? opening : leadOf(text, first, 0);
  let written = top;
  const chunks = new Map<Pair, { lead: string; body: string }>();
  for (const [index, pair] of map.items.entries()) {
    const following = map.items[index + 1];
    const content = lineEnd(text, Math.max(startOf(pair), endOf(pair) - 1));
    const end = following ? leadOf(text, following, content) : content;
    const line = lineStart(text, startOf(pair));
    chunks.set(pair, { lead: text.slice(written, line), body: text.slice(startOf(pair), end) });
    written = end;
  }
  const indent = ' '.repeat(prefix.length);
  const parts = order.map((pair, index) => {
    const { lead = '', body = '' } = chunks.get(pair) ?? {};
    if (index > 0) return lead + indent + body;
    return lead.replace(/^\s*\n/, '') + prefix + body;
  });
  return text.slice(0, top) + parts.join('') + text.slice(written);
}
