const { existsSync, readFileSync } = require('node:fs');

/** The facts about recipes that the bundler wrote, for resources that exist once per recipe. */
exports.readOfRecipes = (file) => {
  if (!existsSync(`dist/${file}`))
    throw new Error(`There is no dist/${file}: \`npm run bundle\` makes it of the recipes, and comes first.`);
  return JSON.parse(readFileSync(`dist/${file}`, 'utf8'));
};
