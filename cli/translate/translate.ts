import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { schemaFrom } from '../authoring/init.ts';
import { readYaml } from '../recipes/recipe-file.ts';
import { examine, problemText } from '../recipes/recipe-folder.ts';
import { readText, reason } from '../recipes/recipe-scripts.ts';
import { commandLine } from '../screen/command-line.ts';
import { problemLines, usage, type Placed } from '../refusal.ts';
import { Refusal } from '../refused.ts';
import type { Terminal } from '../screen/terminal.ts';
import { recipesFolder } from '../simulated/order.ts';
import type { Draft, GivenDocument } from './draft.ts';
import { addImageBuilder, imageBuilderDraft, documentKind } from './image-builder.ts';
import { addComponent } from './image-builder-component.ts';
import { notesText, type TranslationNote } from './notes.ts';
import { recipeText } from './translated-recipe.ts';

interface TranslateOptions {
  name?: string;
  folder?: string;
  force?: boolean;
  json?: boolean;
}
type Recipe = { draft: Draft; notes: TranslationNote[] };

const refusal = (file: string, message: string, place: { line?: number; column?: number } = {}): Refusal => {
  const problems: Placed[] = [{ path: [], message, place: { file, ...place } }];
  return new Refusal(problemLines(problems), { problems });
};

/** Writes recipes from files of Packer or EC2 Image Builder, and tells line by line what became of them. */
export async function translateFiles(files: string[], options: TranslateOptions, terminal: Terminal): Promise<number> {
  const folder = options.folder ?? recipesFolder();
  const recipes = await recipesIn(files);
  const [only] = recipes;
  if (options.name !== undefined) {
    const problem = `is for one recipe, and these files make ${recipes.map(({ draft }) => draft.name).join(', ')}`;
    if (recipes.length > 1)
      throw new Refusal(problemLines([usage('--name', problem)]), { problems: [usage('--name', problem)] });
    if (only) only.draft.name = options.name;
  }
  const written = recipes.map(({ draft }) => join(folder, `${draft.name || 'recipe'}.yaml`));
  const there = written.filter(
    (file, index) => (existsSync(file) && !options.force) || written.indexOf(file) !== index,
  );
  if (there.length > 0)
    throw refusal(there[0] ?? '', 'is already there; give another --name, or --force to overwrite it');
  await mkdir(folder, { recursive: true });
  for (const [index, { draft, notes }] of recipes.entries()) {
    draft.name ||= 'recipe';
    await writeFile(written[index] ?? '', await recipeText(draft, notes, schemaFrom(folder)));
  }
  const findings = await examine(written);
  if (options.json) terminal.out(`${JSON.stringify(jsonOf(recipes, written, findings), null, 2)}\n`);
  else
    for (const [index, { notes }] of recipes.entries()) {
      const finding = findings[index];
      const missing =
        finding && finding.problems.length > 0
          ? `  What is missing:\n${indented(problemText(finding))}`
          : `  It validates: ${commandLine(`simulate ${written[index]}`)}\n`;
      terminal.out(`${written[index]}\n${notesText(notes)}${missing}`);
    }
  return findings.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

const indented = (text: string) =>
  text
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('');

const jsonOf = (recipes: Recipe[], written: string[], findings: Awaited<ReturnType<typeof examine>>) => ({
  status: 'written',
  recipes: recipes.map(({ notes }, index) => ({
    file: written[index],
    notes,
    missing: findings[index]?.problems.map(({ message }) => message) ?? [],
  })),
});

async function recipesIn(files: string[]): Promise<Recipe[]> {
  const templates: { file: string; text: string }[] = [];
  const parts: GivenDocument[] = [];
  for (const file of files) {
    const text = await readText(file).catch((error: unknown) => {
      throw refusal(file, `cannot be read: ${reason(error)}`);
    });
    if (file.endsWith('.hcl')) {
      templates.push({ file, text });
      continue;
    }
    const { document, locate } = readYaml(text, file, 'a document');
    if (!documentKind(document))
      throw refusal(
        file,
        'is neither HCL of Packer (*.pkr.hcl) nor a document of EC2 Image Builder; packer hcl2_upgrade makes HCL of templates in JSON',
      );
    parts.push({ document, file, lineOf: (path) => locate(path).line });
  }
  const recipes = templates.length > 0 ? await recipesOfTemplates(templates) : [];
  if (parts.length === 0) return recipes;
  const draft = imageBuilderDraft();
  const notes: TranslationNote[] = [];
  // A recipe takes the components that it names in its order. Those that no recipe names come last.
  const isComponent = ({ document }: { document: unknown }) => documentKind(document) === 'component';
  const components = parts.filter(isComponent);
  for (const part of parts)
    if (!isComponent(part)) addImageBuilder(part.document, { draft, file: part.file, notes, components });
  for (const component of components) addComponent(component, { draft, notes });
  return [...recipes, { draft, notes }];
}

async function recipesOfTemplates(templates: { file: string; text: string }[]): Promise<Recipe[]> {
  const { fromPacker } = await import('./packer.ts');
  const { recipes, wrong } = await fromPacker(templates);
  const [first] = wrong;
  if (first) throw refusal(first.file, first.message, { line: first.line, column: first.column });
  if (recipes.length === 0)
    throw refusal(
      templates[0]?.file ?? '',
      'has no source amazon-ebs; give all files of the template: sources, builds and variables',
    );
  return recipes;
}
