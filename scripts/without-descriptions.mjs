import { readFile } from 'node:fs/promises';

// Leaves out of the bundles what only documentation reads: the description of every key of a recipe (`z.describe`) and the sentence
// of every rule (`says`). Functions judge recipes without them, and every cold start would read 15 kB more. The JSON schema and
// docs/recipe.md are made from the source, so they keep these texts. test/scripts/bundle.test.ts compares what a bundled schema
// says of bad recipes with what the source says.
const literal = String.raw`(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|${'`'}(?:[^${'`'}\\]|\\.)*${'`'})`;
const descriptions = new RegExp(String.raw`\bz\.describe\(\s*${literal},?\s*\),?`, 'g');
const sentences = new RegExp(String.raw`^ *says:\s*${literal},$`, 'gm');

export const withoutDescriptions = {
  name: 'without-descriptions',
  setup(build) {
    build.onLoad({ filter: /[\\/]core[\\/](recipe|publish|retire|variants)[\\/].+\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replace(descriptions, '')
        .replace(/\.check\(\s*\)/g, '') // a check of nothing, left over from a description, would copy the schema
        .replace(/[\\/](recipe|variants)[\\/]/.test(path) ? sentences : /$^/, '');
      return { contents, loader: 'ts' };
    });
  },
};
