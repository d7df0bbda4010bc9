import { asWritten, emptyDraft, note, recipeNameFrom, type Draft } from './draft.ts';
import { parseHcl, Unresolved, type Block, type Value } from './hcl.ts';
import type { TranslationNote } from './notes.ts';
import { sourceAttributes, sourceBlocks } from './packer-source.ts';
import { advice, notNeeded } from './packer-words.ts';
import { addProvisioner } from './packer-steps.ts';

/** Translates the files of a template of Packer in HCL. Each source becomes a recipe. */
export async function fromPacker(files: { file: string; text: string }[]): Promise<TranslatedTemplate> {
  const values = new Map<string, () => Value>();
  const lookup = (reference: string): Value | undefined =>
    /^path\.(root|cwd)$/.test(reference) ? '.' : values.get(reference)?.();
  const parsed = await Promise.all(
    files.map(async ({ file, text }) => ({ file, ...(await parseHcl(text, file, lookup)) })),
  );
  const wrong = parsed.flatMap(({ file, wrongLines }) => wrongLines.slice(0, 1).map((line) => ({ file, line })));
  if (wrong.length > 0) return { recipes: [], wrong };
  const blocks = parsed.flatMap((one) => one.blocks);
  const shared = definitions(blocks, values);
  for (const { name, value } of parsed.flatMap(({ attributes }) => attributes)) values.set(`var.${name}`, value);
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
    recipes: sources.filter((source) => !others.includes(source)).map((source) => recipeOf(source, builds, shared)),
  };
}

/** A recipe and notes for each source, or the places that are not HCL. */
interface TranslatedTemplate {
  recipes: { draft: Draft; notes: TranslationNote[] }[];
  wrong: { file: string; line: number }[];
}

/** Keeps the variables and locals, and notes what the files say besides sources and builds. */
function definitions(blocks: Block[], values: Map<string, () => Value>): TranslationNote[] {
  const notes: TranslationNote[] = [];
  for (const { file, type, labels, line, attributes } of blocks) {
    const what = [type, ...labels.map((label) => `"${label}"`)].join(' ');
    if (type === 'locals') for (const { name, value } of attributes) values.set(`local.${name}`, value);
    else if (type === 'local') {
      const value = attributes.find(({ name }) => name === 'expression')?.value;
      if (value) values.set(`local.${labels[0]}`, value);
    } else if (type === 'variable') {
      const value = attributes.find(({ name }) => name === 'default')?.value;
      if (value && value() !== null) values.set(`var.${labels[0]}`, value);
      const says = value
        ? 'its value stands where it was used; a parameter of the recipe could be given at each start'
        : 'it has no default; give a file of variables (*.pkrvars.hcl), too, or write a parameter of the recipe';
      notes.push({ file, line, what, result: value ? 'translated' : 'not translated', says });
    } else if (type === 'packer') notes.push({ file, line, what, result: 'not needed', says: 'there are no plugins' });
    else if (type === 'data')
      notes.push({
        file,
        line,
        what,
        result: 'not translated',
        says: 'write what it finds: source.filter, or a parameter',
      });
  }
  return notes;
}

const namesOf = ({ labels }: Block) => `source.${labels.join('.')}`;

function recipeOf(source: Block, builds: Block[], shared: TranslationNote[]) {
  const draft = emptyDraft();
  const notes = [...shared];
  addSource(draft, source, notes);
  for (const build of builds) if (isOf(build, source)) addBuild(draft, build, source, notes);
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

function addSource(draft: Draft, source: Block, notes: TranslationNote[]): void {
  const { file } = source;
  const rest = (what: string, line: number) => {
    const why = because(notNeeded, what);
    const says = why ?? because(advice, what) ?? 'no key of a recipe says this; docs/recipe.md has all keys';
    notes.push({ file, line, what, result: why === undefined ? 'not translated' : 'not needed', says });
  };
  for (const { name, line, value } of source.attributes) {
    const translate = sourceAttributes[name];
    if (translate) note(notes, { file, line, what: name }, () => translate(draft, value()));
    else if (name === 'source_ami_filter')
      note(
        notes,
        { file, line, what: name },
        () => sourceBlocks['source_ami_filter']?.(draft, asBlock(file, line, value())) ?? '',
      );
    else rest(name, line);
  }
  for (const block of source.blocks) {
    const translate = sourceBlocks[block.type];
    if (translate) note(notes, { file, line: block.line, what: block.type }, () => translate(draft, block));
    else rest(block.type, block.line);
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

const postProcessors: Record<string, string> = {
  manifest: 'every build writes manifest.json to the bucket',
  checksum: 'every image is read back before it is published',
};

function addBuild(draft: Draft, build: Block, source: Block, notes: TranslationNote[]): void {
  for (const block of build.blocks) {
    const { file, type, line, labels } = block;
    if (type === 'provisioner') addProvisioner(draft, block, notes);
    else if (type === 'source') {
      const own = block.labels.join() === source.labels.join() ? block : undefined;
      if (own) addSource(draft, own, notes);
    } else if (type === 'error-cleanup-provisioner')
      notes.push({
        file,
        line,
        what: type,
        result: 'not needed',
        says: 'a build that fails is undone, with its builder',
      });
    else if (type === 'post-processors') addBuild(draft, block, source, notes);
    else if (type === 'post-processor') {
      const why = postProcessors[labels[0] ?? ''];
      const says = why ?? 'a build ends with the publish; events tell of it (docs/launching.md)';
      notes.push({
        file,
        line,
        what: `${type} "${labels[0]}"`,
        result: why === undefined ? 'not translated' : 'not needed',
        says,
      });
    } else notes.push({ file, line, what: type, result: 'not needed', says: 'it makes nothing' });
  }
}
