import { CannotTranslate, own, plainText, type Draft } from './draft.ts';
import { Unresolved, type Block, type Lookup, type Value } from './hcl.ts';
import type { TranslationNote } from './notes.ts';
import { sourceBlocks } from './packer-source.ts';

// The data sources of Packer. Where one finds the source image, a recipe says how to find it.

const reference = /^\$\{data\.([\w-]+)\.([\w-]+)\.(id|value)\}$/;

function named({ text }: Unresolved, data: Block[]): Block | undefined {
  const [, kind, name] = reference.exec(text) ?? [];
  return data.find(({ labels }) => labels[0] === kind && labels[1] === name);
}

/** Who owns the images of a public parameter of AWS. */
const ownerOf = (parameter: string): string => {
  if (parameter.startsWith('/aws/service/canonical/')) return '099720109477';
  return parameter.startsWith('/aws/service/') ? 'amazon' : 'self';
};

/** The source of a recipe, of a data source that finds an AMI. */
export function sourceOfData(draft: Draft, value: Unresolved, data: Block[]): string {
  const block = named(value, data);
  if (block?.labels[0] === 'amazon-ami') return sourceBlocks['source_ami_filter']?.(draft, block) ?? '';
  if (block?.labels[0] === 'amazon-parameterstore') {
    const parameter = plainText(block.attributes.find(({ name }) => name === 'name')?.value());
    draft.source = { parameter, owner: ownerOf(parameter) };
    return `source.parameter${ownerOf(parameter) === 'self' ? '; owner: self is a guess, so name the owner of the AMI' : ''}`;
  }
  if (block?.labels[0]?.startsWith('hcp-packer'))
    throw new CannotTranslate('write source.channel: the channel of the recipe that makes the image');
  return plainText(value);
}

const readsSecret = 'write secrets of the step that uses its value, so that the builder reads it itself';
const otherwise: Record<string, string> = {
  'amazon-secretsmanager': readsSecret,
  'amazon-parameterstore': readsSecret,
};

/** Tells what became of the data sources. */
export function addDataNotes(data: Block[], source: Block, notes: TranslationNote[]): void {
  const [, kind, name] = reference.exec(textOf(source, 'source_ami')) ?? [];
  for (const { file, line, labels } of data) {
    const isUsed = labels[0] === kind && labels[1] === name;
    const what = `data "${labels.join('" "')}"`;
    if (isUsed) notes.push({ file, line, what, result: 'translated', says: 'source; see source_ami' });
    else if (labels[0] === 'amazon-ami')
      notes.push({ file, line, what, result: 'not needed', says: 'it is not the source of this recipe' });
    else
      notes.push({
        file,
        line,
        what,
        result: 'not translated',
        says: own(otherwise, labels[0] ?? '') ?? 'write what it finds, or a parameter of the recipe',
      });
  }
}

function textOf(source: Block, name: string): string {
  const value = source.attributes.find((attribute) => attribute.name === name)?.value();
  return value instanceof Unresolved ? value.text : '';
}

/** The values of variables and locals, by a look-up for what they refer to. */
export type Values = Map<string, (lookup?: Lookup) => Value>;

/** Looks up those references that are asked for. A value that refers to itself is not known. */
export function lookupIn(values: Values, isKnown: (reference: string) => boolean): Lookup {
  const open = new Set<string>(); // of values that are looked up for the sake of another one
  const lookup: Lookup = (reference) => {
    if (open.has(reference) || !isKnown(reference)) return undefined;
    open.add(reference);
    const value = valueAt(reference, values, lookup);
    open.delete(reference);
    return value;
  };
  return lookup;
}

/** The value of a reference such as var.release, local.tags.team or var.sizes["small"]. */
function valueAt(reference: string, values: Values, lookup: Lookup): Value | undefined {
  if (/^path\.(root|cwd)$/.test(reference)) return '.';
  const [, name = '', path = ''] = /^((?:var|local)\.[\w-]+)((?:\.[\w-]+|\["[^"]+"\]|\[\d+\])*)$/.exec(reference) ?? [];
  let value = values.get(name)?.(lookup);
  for (const [, key, quoted, index] of path.matchAll(/\.([\w-]+)|\["([^"]+)"\]|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null || value instanceof Unresolved) return undefined;
    value = Array.isArray(value) ? value[Number(index)] : own(value, key ?? quoted ?? '');
  }
  return value;
}
