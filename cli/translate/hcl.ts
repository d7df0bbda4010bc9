import { createRequire } from 'node:module';
import { resolve as absolute } from 'node:path';
import type { Node } from 'web-tree-sitter';

// The packages that turn HCL into JSON lose the order of blocks of different types, and the lines. Of provisioners both matter.

/** An expression that only Packer could evaluate. `text`: what of it is known, with the rest as it is written. */
export class Unresolved {
  readonly text: string;
  /** The parts of the text that are not known. */
  readonly unknown: string[];
  constructor(text: string, unknown = [text]) {
    this.text = text;
    this.unknown = unknown;
  }
}

export type Value = string | number | boolean | null | Unresolved | Value[] | { [key: string]: Value };

interface Attribute {
  name: string;
  line: number;
  /** Its value by the look-up of the file, or by another one. */
  value: (other?: Lookup) => Value;
}

export interface Block {
  file: string;
  type: string;
  labels: string[];
  line: number;
  attributes: Attribute[];
  blocks: Block[];
}

/** Looks up `var.x`, `local.x` and the like; undefined if that is not known here. */
export type Lookup = (reference: string) => Value | undefined;

interface ParsedHcl {
  blocks: Block[];
  /** Outside of blocks, as in files of variables. */
  attributes: Attribute[];
  wrong: WrongHcl[];
}

/** A place that is not HCL. */
export interface WrongHcl {
  line: number;
  column: number;
  message: string;
}

/** The content of a file in HCL, or the places that are not HCL. */
export async function parseHcl(text: string, file: string, lookup: Lookup): Promise<ParsedHcl> {
  const { Parser, Language } = await import('web-tree-sitter');
  const root = process.env['GOLDEN_ROOT'] ?? '.';
  const { resolve } = createRequire(absolute(root, 'package.json'));
  await Parser.init({ locateFile: () => resolve('web-tree-sitter/web-tree-sitter.wasm') });
  const parser = new Parser();
  parser.setLanguage(await Language.load(resolve('@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-hcl.wasm')));
  const tree = parser.parse(text);
  if (!tree) return { blocks: [], attributes: [], wrong: [{ line: 1, column: 1, message: 'is no HCL' }] };
  const body = named(tree.rootNode).find(({ type }) => type === 'body');
  return {
    blocks: body ? blocksIn(body, file, lookup) : [],
    attributes: body ? attributesIn(body, lookup) : [],
    wrong: wrongIn(tree.rootNode),
  };
}

/** The places of a tree that the grammar does not allow. */
function wrongIn(node: Node): WrongHcl[] {
  if (!node.hasError) return [];
  const { row, column } = node.startPosition;
  const place = { line: row + 1, column: column + 1 };
  if (node.isMissing)
    return [{ ...place, message: `${node.type === 'quoted_template_end' ? '"' : node.type} is missing` }];
  if (node.isError) return [{ ...place, message: `is no HCL: ${node.text.split('\n')[0]}` }];
  return node.children.flatMap((child) => (child ? wrongIn(child) : []));
}

const named = (node: Node): Node[] => node.namedChildren.filter((child) => child !== null);
const lineOf = (node: Node) => node.startPosition.row + 1;
const blocksIn = (body: Node, file: string, lookup: Lookup): Block[] =>
  named(body)
    .filter(({ type }) => type === 'block')
    .map((node) => blockOf(node, file, lookup));

const attributesIn = (body: Node, lookup: Lookup): Attribute[] =>
  named(body)
    .filter(({ type }) => type === 'attribute')
    .map((node) => attributeOf(node, lookup));

function blockOf(node: Node, file: string, lookup: Lookup): Block {
  const children = named(node);
  const body = children.find(({ type }) => type === 'body');
  const [type, ...labels] = children.filter((child) => child.type === 'identifier' || child.type === 'string_lit');
  return {
    file,
    type: type?.text ?? '',
    labels: labels.map((label) => label.text.replace(/^"|"$/g, '')),
    line: lineOf(node),
    attributes: body ? attributesIn(body, lookup) : [],
    blocks: body ? blocksIn(body, file, lookup) : [],
  };
}

function attributeOf(node: Node, lookup: Lookup): Attribute {
  const [name, value] = named(node);
  return {
    name: name?.text ?? '',
    line: lineOf(node),
    value: (other = lookup) => (value ? valueOf(value, other) : null),
  };
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
const unescaped = (text: string) =>
  text.replaceAll(/\\(["\\nrt])/g, (_all, one: string) => escapes[one] ?? one).replaceAll('$${', '${');

function valueOf(node: Node, lookup: Lookup): Value {
  const [first, ...others] = named(node);
  switch (node.type) {
    case 'expression':
      if (first?.type === 'variable_expr') {
        const found = lookup(node.text);
        return found === undefined ? new Unresolved(`\${${node.text}}`) : found;
      }
      return first && others.length === 0 ? valueOf(first, lookup) : new Unresolved(`\${${node.text}}`);
    case 'literal_value':
    case 'collection_value':
    case 'template_expr':
      return first ? valueOf(first, lookup) : null;
    case 'numeric_lit':
      return Number(node.text);
    case 'bool_lit':
      return node.text === 'true';
    case 'null_lit':
      return null;
    case 'string_lit':
    case 'quoted_template':
      return template(node, node.startIndex + 1, node.endIndex - 1, unescaped, lookup);
    case 'heredoc_template':
      return heredoc(node, lookup);
    case 'tuple':
      return named(node)
        .filter(({ type }) => type === 'expression')
        .map((child) => valueOf(child, lookup));
    case 'object':
      return Object.fromEntries(
        named(node)
          .filter(({ type }) => type === 'object_elem')
          .map((child) => {
            const [key, value] = named(child);
            return [key?.text.replace(/^"|"$/g, '') ?? '', value ? valueOf(value, lookup) : null];
          }),
      );
    case 'function_call':
      return called(node, lookup);
    default:
      return new Unresolved(`\${${node.text}}`);
  }
}

const isList = (value: Value | undefined): value is Value[] => Array.isArray(value);
const isMap = (value: Value | undefined): value is { [key: string]: Value } =>
  typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Unresolved);

/** The functions that templates put lists and maps together with. Undefined if they cannot tell. */
const functions: Record<string, (...given: Value[]) => Value | undefined> = {
  concat: (...lists) => (lists.every(isList) ? lists.flat() : undefined),
  merge: (...maps) => (maps.every(isMap) ? Object.assign({}, ...maps) : undefined),
  tolist: (list) => (isList(list) ? list : undefined),
  toset: (list) => (isList(list) ? [...new Set(list)] : undefined),
  lower: (text) => (typeof text === 'string' ? text.toLowerCase() : undefined),
  upper: (text) => (typeof text === 'string' ? text.toUpperCase() : undefined),
  join: (between, list) =>
    typeof between === 'string' && isList(list) && list.every((one) => typeof one === 'string')
      ? list.join(between)
      : undefined,
};

function called(node: Node, lookup: Lookup): Value {
  const [name, given] = named(node);
  const values = (given ? named(given) : []).map((argument) => valueOf(argument, lookup));
  const call = Object.hasOwn(functions, name?.text ?? '') ? functions[name?.text ?? ''] : undefined;
  return call?.(...values) ?? new Unresolved(`\${${node.text}}`);
}

/** A text with interpolations between two positions of the file. */
function template(
  node: Node,
  from: number,
  to: number,
  literal: (text: string) => string,
  lookup: Lookup,
): string | Unresolved {
  let [written, at] = ['', from];
  const unknown: string[] = [];
  const source = (a: number, b: number) => node.text.slice(a - node.startIndex, b - node.startIndex);
  for (const part of named(node).filter(({ type }) => type === 'template_interpolation')) {
    const inner = named(part).find(({ type }) => type === 'expression');
    const value = inner ? valueOf(inner, lookup) : null;
    written += literal(source(at, part.startIndex));
    if (value instanceof Unresolved) unknown.push(...value.unknown);
    else if (typeof value === 'object' && value !== null) unknown.push(part.text);
    if (value instanceof Unresolved) written += value.text;
    else written += value === null || typeof value === 'object' ? part.text : String(value);
    at = part.endIndex;
  }
  written += literal(source(at, to));
  return unknown.length > 0 ? new Unresolved(written, unknown) : written;
}

function heredoc(node: Node, lookup: Lookup): Value {
  const start = node.startIndex + node.text.indexOf('\n') + 1;
  const end = node.startIndex + node.text.lastIndexOf('\n') + 1;
  const value = template(node, start, Math.max(start, end), (text) => text.replaceAll('$${', '${'), lookup);
  if (!node.text.startsWith('<<-')) return value;
  const text = value instanceof Unresolved ? value.text : value;
  const indents = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.search(/\S/)]));
  const least = Math.min(...indents, 1000);
  const shifted = text.replaceAll(new RegExp(`^[ \\t]{${least}}`, 'gm'), '');
  return value instanceof Unresolved ? new Unresolved(shifted, value.unknown) : shifted;
}
