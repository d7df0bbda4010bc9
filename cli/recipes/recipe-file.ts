import { basename, dirname } from 'node:path';
import { Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, visit } from 'yaml';
import type { Alias, CST, Document, Node, Scalar, YAMLParseError } from 'yaml';
import type { ParsedRecipe, Path, FilePlace, Problem } from '../../core/recipe/recipe.ts';
import { readVariants } from '../../core/variants/variants.ts';
import { withBases } from './base-files.ts';
import { readCarried, type Archives } from './carried-files.ts';
import { readScripts, readText, reason } from './recipe-scripts.ts';
import { unquotedExpressions } from './unquoted-expressions.ts';

/** How files are read as recipes. */
export interface ReadingOptions {
  /** The region the pipeline runs in. */
  home?: string;
  /** Values of parameters. */
  parameters?: Record<string, string> | undefined;
}

/** A recipe as it is on disk. */
export interface RecipeFile {
  file: string;
  /** The name that the recipe must have. */
  name: string;
  document: unknown;
  /** The recipe's scripts and the files beside them, by path below the recipe's folder, and the digests of its archives. */
  scripts: Record<string, string>;
  archives: Archives;
  /** Problems found before the document is read as a recipe. */
  problems: Problem[];
  /** The position of a path of the document: its key, or the nearest key above it if there is none. */
  locate: (path: Path) => FilePlace;
}

export async function readRecipeFile(file: string): Promise<RecipeFile> {
  const name = basename(file, '.yaml');
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    const problems = [{ path: [], message: `cannot be read: ${reason(error)}` }];
    return { file, name, document: undefined, scripts: {}, archives: new Map(), problems, locate: () => ({ file }) };
  }
  const readRecipe = (from: string, at: string) => readYaml(from, at, 'a recipe');
  const { document, problems, locate } = await withBases(readRecipe(text, file), file, readRecipe);
  const [found, carried] = await Promise.all([
    readScripts(dirname(file), document),
    readCarried(dirname(file), document),
  ]);
  const scripts = { ...found.scripts, ...carried.scripts };
  const all = [...problems, ...found.problems, ...carried.problems];
  return { file, name, document, scripts, archives: carried.archives, problems: all, locate };
}

/** Parses YAML from any author, with bounded nesting, aliases and tags. `kind` names the document in messages. */
export function readYaml(
  text: string,
  file: string,
  kind: string,
): Pick<RecipeFile, 'document' | 'problems' | 'locate'> {
  const lines = new LineCounter();
  const placeAt = (offset = 0): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const problemAt = (offset: number | undefined, message: string): Problem => ({
    path: [],
    message,
    place: placeAt(offset),
  });
  const { tokens, tooDeepAt } = tokensOf(text, lines);
  if (tooDeepAt !== undefined) {
    const problems = [problemAt(tooDeepAt, 'cannot be read: it is nested too deep')];
    return { document: undefined, problems, locate: () => placeAt(tooDeepAt) };
  }
  // The library compares every key with every other, so duplicate keys are found below instead.
  const options = { stringKeys: true, uniqueKeys: false, merge: true } as const;
  const documents = new Composer(options).compose(tokens, true, text.length);
  const yaml = documents.next().value as Document.Parsed; // the composer makes one of an empty text too
  const second = documents.next().value as Document.Parsed | undefined;
  const { aliases, lost, twice, pairs } = nodesOf(yaml);
  const locate = (path: Path) => placeAt(offsetOf(yaml, path, aliases, pairs));
  const problems = twice.map((offset) => problemAt(offset, 'this key is here twice'));
  const unquoted = unquotedExpressions(text).map(({ offset, quoted }) =>
    problemAt(offset, `an expression between { } or [ ] must be in quotes: ${quoted}`),
  );
  const wrong = [...firstOfEachLine(yaml.errors, lines), ...yaml.warnings].map(({ message, pos }) =>
    problemAt(pos[0], `is not YAML ${kind} can be: ${message.split('\n')[0]}`),
  );
  const fatal = unquoted.length > 0 ? unquoted : wrong;
  fatal.push(...lost.map(({ source, range }) => problemAt(range?.[0], `*${source} stands for nothing before it`)));
  if (second) fatal.push(problemAt(second.range[0], `is not YAML ${kind} can be: it has multiple documents`));
  if (aliases.size > mostAliases) fatal.push(problemAt(0, `has ${aliases.size} aliases, of ${mostAliases} at most`));
  if (fatal.length > 0) return { document: undefined, problems: [...problems, ...fatal], locate };
  try {
    // Aliases of aliases can make a few lines of YAML expand to gigabytes.
    return { document: yaml.toJS({ maxAliasCount: 100 }) as unknown, problems, locate };
  } catch (error) {
    const cannot = problemAt(0, `cannot be read: ${reason(error)}`);
    return { document: undefined, problems: [...problems, cannot], locate };
  }
}

/** Errors without those that follow from others: later ones of a line, and parts of what lies behind the end of the document. */
function firstOfEachLine(errors: YAMLParseError[], lines: LineCounter): YAMLParseError[] {
  const behind = errors.findIndex(({ message }) => message.includes('in YAML stream'));
  const lineOf = ({ pos }: YAMLParseError) => lines.linePos(pos[0]).line;
  return errors
    .filter(({ message }, at) => at <= behind || !message.includes('in YAML stream'))
    .filter((error, at, all) => at === 0 || lineOf(error) !== lineOf(all[at - 1] as YAMLParseError));
}

const deepest = 100;

/**
 * The parts of a text, or the position where nesting gets too deep. The library's own `parseDocument` recurses into any nesting, and
 * that could end the whole process.
 */
function tokensOf(text: string, lines: LineCounter): { tokens: CST.Token[]; tooDeepAt?: number } {
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    const innermost = parser.stack.at(-1);
    if (innermost && parser.stack.length > deepest) return { tokens, tooDeepAt: innermost.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens };
}

const mostAliases = 1_000;

/** The library represents the merge key by a symbol. */
const keyOf = ({ value }: Scalar) => (typeof value === 'symbol' ? '<<' : String(value));

type Pairs = Map<string, { key: unknown; value: unknown }>;

/** Finds in one walk the target of each alias, aliases without a target, and duplicate keys. */
function nodesOf(yaml: Document.Parsed) {
  const anchors = new Map<string, Node>();
  const aliases = new Map<Alias, Node | undefined>();
  const pairs = new Map<unknown, Pairs>();
  const twice: (number | undefined)[] = [];
  visit(yaml, {
    Alias: (_key, alias) => void aliases.set(alias, anchors.get(alias.source)),
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (!isMap(node)) return;
      const byKey: Pairs = new Map();
      for (const pair of node.items) {
        if (!isScalar(pair.key)) continue;
        const key = keyOf(pair.key);
        if (byKey.has(key)) twice.push(pair.key.range?.[0]);
        else byKey.set(key, pair);
      }
      pairs.set(node, byKey);
    },
  });
  return { aliases, pairs, twice, lost: [...aliases].flatMap(([alias, node]) => (node ? [] : [alias])) };
}

/** The recipe in a file, or those of its variants, or all its problems. */
export function recipesOfFile(
  { name, document, scripts, problems }: RecipeFile,
  { home, parameters }: ReadingOptions = {},
): { read: ParsedRecipe[] } | { problems: Problem[] } {
  if (document === undefined) return { problems };
  const parsed = readVariants(document, scripts, { ...(home !== undefined && { home }), given: { parameters } });
  const all = [...problems];
  const known = new Set(problems.map(({ path }) => path.join('/')));
  // What was refused here is also missing there; one report is enough.
  const isBeside = (key: unknown) => ['script', 'from', 'playbook', 'file'].includes(String(key));
  if (parsed.problems)
    all.push(...parsed.problems.filter(({ path }) => !isBeside(path.at(-1)) || !known.has(path.join('/'))));
  const given = (document as { name?: unknown } | null)?.name;
  if (typeof given === 'string' && given !== name) {
    all.push({
      path: ['name'],
      message: `is ${given}, but the file is ${name}.yaml: a recipe is found by its file, so both must be the same`,
    });
  }
  return parsed.read && all.length === 0 ? { read: parsed.read } : { problems: all };
}

/** The pair with a key in a map, else in the maps that it merges (`<<: *base`, `<<: [*a, *b]`). */
function pairIn(node: unknown, key: string, aliases: Map<Alias, Node | undefined>, pairs: Map<unknown, Pairs>) {
  const ahead = [node];
  const seen = new Set<unknown>();
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
    const target = isAlias(next) ? aliases.get(next) : next;
    if (seen.has(target)) continue;
    seen.add(target);
    if (isSeq(target)) ahead.push(...target.items);
    const byKey = pairs.get(target);
    const found = byKey?.get(key);
    if (found) return found;
    const merged = byKey?.get('<<')?.value;
    if (merged !== undefined) ahead.push(merged);
  }
  return undefined;
}

function offsetOf(
  yaml: Document.Parsed,
  path: Path,
  aliases: Map<Alias, Node | undefined>,
  pairs: Map<unknown, Pairs>,
): number {
  let node: unknown = yaml.contents;
  let offset = yaml.contents?.range[0] ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = aliases.get(node);
    let next: Node | undefined;
    if (isMap(node)) {
      const pair = pairIn(node, String(part), aliases, pairs);
      next = pair?.key as Node | undefined;
      node = pair?.value;
    } else if (isSeq(node)) {
      next = node.items[Number(part)] as Node | undefined;
      node = next;
    }
    if (!next) break;
    offset = next.range?.[0] ?? offset;
  }
  return offset;
}
