import { asWritten, emptyDraft, note, own, recipeNameFrom, type Draft } from './draft.ts';
import { parseHcl, Unresolved, type Block, type Lookup, type Value, type WrongHcl } from './hcl.ts';
import type { TranslationNote } from './notes.ts';
import { sourceAttributes, sourceBlocks } from './packer-source.ts';
import { addDataNotes, lookupIn, sourceOfData, type Values } from './packer-lookups.ts';
import { advice, notNeeded, postAdvice, postProcessors } from './packer-words.ts';
import { addProvisioner } from './packer-steps.ts';

/** Translates the files of a template of Packer in HCL. Each source becomes a recipe. */
export async function fromPacker(files: { file: string; text: string }[]): Promise<TranslatedTemplate> {
  const values: Values = new Map();
  const lookup = lookupIn(values, () => true);
  const constants = lookupIn(values, (reference) => !reference.startsWith('var.'));
  const parsed = await Promise.all(
    files.map(async ({ file, text }) => ({ file, ...(await parseHcl(text, file, lookup)) })),
  );
  const wrong = parsed.flatMap(({ file, wrong: found }) => found.slice(0, 1).map((one) => ({ file, ...one })));
  if (wrong.length > 0) return { recipes: [], wrong };
  const blocks = parsed.flatMap((one) => one.blocks);
  const shared = definitions(blocks, values);
  const secret = new Set(blocks.filter(isSecretVariable).map(({ labels }) => labels[0]));
  const data = blocks.filter(({ type }) => type === 'data');
  const isSecret = ({ text }: Unresolved) =>
    [...text.matchAll(/\b(?:var|local)\.([\w-]+)/g)].some(([, name]) => secret.has(name)) ||
    text.includes('data.amazon-secretsmanager.');
  for (const { name, value } of parsed.flatMap(({ attributes }) => attributes))
    if (!secret.has(name)) values.set(`var.${name}`, value);
  const builds = blocks.filter(({ type }) => type === 'build');
  const sources = blocks.filter(({ type }) => type === 'source');
  const others = sources.filter(({ labels }) => labels[0] !== 'amazon-ebs');
  for (const { file, line, labels } of others)
    shared.push({
      file,
      line,
      what: `source "${labels.join('" "')}"`,
      result: 'not translated',
      says: 'only amazon-ebs makes an AMI of an instance, as the pipeline does',
    });
  return {
    wrong,
    recipes: named(
      sources.filter((source) => !others.includes(source)),
      (source) => recipeOf(source, { builds, data, constants, isSecret }, shared),
    ),
  };
}

/** A recipe and notes for each source, or the places that are not HCL. */
interface TranslatedTemplate {
  recipes: { draft: Draft; notes: TranslationNote[] }[];
  wrong: (WrongHcl & { file: string })[];
}

/** Keeps the variables and locals, and notes what the files say besides sources and builds. */
function definitions(blocks: Block[], values: Values): TranslationNote[] {
  const notes: TranslationNote[] = [];
  for (const block of blocks) {
    const { file, type, labels, line, attributes } = block;
    const what = [type, ...labels.map((label) => `"${label}"`)].join(' ');
    const value = attributes.find(({ name }) => name === 'default' || name === 'expression')?.value;
    const isSecret = isSecretVariable(block);
    if (type === 'locals') for (const { name, value: given } of attributes) values.set(`local.${name}`, given);
    else if (type === 'packer') notes.push({ file, line, what, result: 'not needed', says: 'there are no plugins' });
    else if (type === 'variable' || type === 'local') {
      if (value && !isSecret) values.set(`${type === 'local' ? 'local' : 'var'}.${labels[0]}`, value);
      const [result, says] = aboutVariable(value?.(), isSecret);
      notes.push({ file, line, what, result, says });
    }
  }
  return notes;
}

const isSecretVariable = ({ attributes }: Block) =>
  attributes.some(({ name, value }) => name === 'sensitive' && value() === true);

function aboutVariable(value: Value | undefined, isSecret: boolean): [TranslationNote['result'], string] {
  if (isSecret)
    return [
      'not translated',
      'it is secret: write secrets of the step that needs it, so that the builder reads it itself (docs/steps.md)',
    ];
  if (value === undefined)
    return [
      'not translated',
      'it has no default; give a file of variables (*.pkrvars.hcl), too, or write a parameter of the recipe',
    ];
  if (value instanceof Unresolved)
    return ['not translated', `its value ${value.text} is known only to Packer; write a parameter of the recipe`];
  return ['translated', 'its value stands where it was used; a parameter of the recipe could be given at each start'];
}

const namesOf = ({ labels }: Block) => `source.${labels.join('.')}`;

type Recipe = { draft: Draft; notes: TranslationNote[] };

/** Two recipes of one name also get the names of their sources. */
function named(sources: Block[], translate: (source: Block) => Recipe): Recipe[] {
  const recipes = sources.map(translate);
  const names = recipes.map(({ draft }) => draft.name);
  for (const [index, { draft }] of recipes.entries())
    if (names.filter((name) => name === draft.name).length > 1)
      draft.name = recipeNameFrom(`${draft.name}-${sources[index]?.labels[1]}`);
  return recipes;
}

interface Around {
  builds: Block[];
  /** The data sources. */
  data: Block[];
  /** Knows what no variable gives. */
  constants: Lookup;
  /** Whether a secret is in the parts that are not known. */
  isSecret: (value: Unresolved) => boolean;
}

function recipeOf(source: Block, around: Around, shared: TranslationNote[]): Recipe {
  const draft = emptyDraft();
  const home = source.attributes.find(({ name }) => name === 'region')?.value();
  if (typeof home === 'string') draft.home = home;
  const notes = [...shared];
  addSource(draft, source, notes, around);
  addDataNotes(around.data, source, notes);
  for (const build of around.builds) if (isOf(build, source)) addBuild(draft, build, source, notes, around);
  draft.name ||= recipeNameFrom(source.labels[1] ?? 'recipe');
  return { draft, notes: notes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function isOf(build: Block, source: Block): boolean {
  const listed = build.attributes.find(({ name }) => name === 'sources')?.value();
  const names = (Array.isArray(listed) ? listed : []).map((one) =>
    one instanceof Unresolved ? one.text.slice(2, -1) : asWritten(one),
  );
  const inner = build.blocks.filter(({ type }) => type === 'source').map(namesOf);
  const named = [...names, ...inner].map((name) => name.replace(/^(source\.)?/, 'source.'));
  return named.length === 0 || named.includes(namesOf(source));
}

const because = (table: [RegExp, string][], name: string) => table.find(([pattern]) => pattern.test(name))?.[1];

function addSource(draft: Draft, source: Block, notes: TranslationNote[], { data, constants }: Around): void {
  const { file } = source;
  const rest = (what: string, line: number) => {
    const why = because(notNeeded, what);
    const says = why ?? because(advice, what) ?? 'no key of a recipe says this; docs/recipe.md has all keys';
    notes.push({ file, line, what, result: why === undefined ? 'not translated' : 'not needed', says });
  };
  for (const { name, line, value } of source.attributes) {
    // The values of variables differ from release to release, and the name of a recipe does not.
    const [part, given] = [{ file, line, what: name }, name === 'ami_name' ? value(constants) : value()];
    const [translate, ofBlock] = [own(sourceAttributes, name), own(sourceBlocks, name)];
    if (given === null || (Array.isArray(given) && given.length === 0))
      notes.push({ ...part, result: 'not needed', says: 'it is empty' });
    else if (name === 'source_ami' && given instanceof Unresolved)
      note(notes, part, () => sourceOfData(draft, given, data));
    else if (translate) note(notes, part, () => translate(draft, given));
    else if (ofBlock) note(notes, part, () => ofBlock(draft, asBlock(file, line, given)));
    else rest(name, line);
  }
  for (const block of source.blocks) {
    const translate = own(sourceBlocks, block.type);
    const what = [block.type, ...block.labels.map((label) => `"${label}"`)].join(' ');
    if (translate) note(notes, { file, line: block.line, what }, () => translate(draft, block));
    else rest(what, block.line);
  }
}

/** A map that stands where Packer also takes a block. */
const asBlock = (file: string, line: number, value: Value): Block => ({
  file,
  type: 'source_ami_filter',
  labels: [],
  line,
  attributes: Object.entries((value ?? {}) as Record<string, Value>).map(([name, one]) => ({
    name,
    line,
    value: () => one,
  })),
  blocks: [],
});

function addBuild(draft: Draft, build: Block, source: Block, notes: TranslationNote[], around: Around): void {
  for (const block of build.blocks) {
    const { file, type, line, labels } = block;
    if (type === 'provisioner') addProvisioner(draft, block, { source, isSecret: around.isSecret }, notes);
    else if (type === 'source') {
      const own = block.labels.join() === source.labels.join() ? block : undefined;
      if (own) addSource(draft, own, notes, around);
    } else if (type === 'error-cleanup-provisioner')
      notes.push({
        file,
        line,
        what: type,
        result: 'not needed',
        says: 'a build that fails is undone, with its builder',
      });
    else if (type === 'post-processors') addBuild(draft, block, source, notes, around);
    else if (type === 'post-processor') {
      const why = because(postProcessors, labels[0] ?? '');
      const says = why ?? because(postAdvice, labels[0] ?? '') ?? '';
      const result = why === undefined ? 'not translated' : 'not needed';
      notes.push({ file, line, what: `${type} "${labels[0]}"`, result, says });
    } else if (type === 'hcp_packer_registry')
      notes.push({
        file,
        line,
        what: type,
        result: 'not needed',
        says: 'the bucket has a record of each build, and publish.channel stands for the channels of HCP Packer',
      });
    else
      notes.push({
        file,
        line,
        what: [type, ...labels.map((label) => `"${label}"`)].join(' '),
        result: 'not translated',
        says: 'write a recipe for each, or variants (docs/variants.md)',
      });
  }
}
