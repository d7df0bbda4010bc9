const { existsSync, readFileSync } = require('node:fs');

/** What the bundler wrote down of the recipes, for resources that there is one of for each. */
exports.readOfRecipes = (file) => {
  if (!existsSync(`dist/${file}`))
    throw new Error(`There is no dist/${file}: \`npm run bundle\` makes it of the recipes, and comes first.`);
  return JSON.parse(readFileSync(`dist/${file}`, 'utf8'));
};
