// `npm run docs`: writes the pages that are generated from the recipe schema, and the tables that are generated from the code.
import { join } from 'node:path';
import { importTypeScript } from './run.mjs';
import { ensureInstalled, root } from './setup.mjs';

await ensureInstalled();
const { writeRecipeDocs } = await importTypeScript(join(root, 'scripts/recipe-docs.ts'));
await writeRecipeDocs();
const { writeReferenceTables } = await importTypeScript(join(root, 'scripts/reference-tables.ts'));
await writeReferenceTables();
