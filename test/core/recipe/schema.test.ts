import { expect, test } from '@jest/globals';
import { recipeFileSchema } from '../../../core/recipe/bases/base-key.ts';
import { parseRecipe } from '../../../core/recipe/recipe.ts';
import { base, casesOf } from './recipe-cases.ts';

const distribute = base.slice(base.indexOf('distribute:'), base.indexOf('publish:'));
const run = 'run: dnf -y upgrade';

casesOf([['the recipe all others here are made of is right', base, base]]);

casesOf([
  [
    'an unknown key is refused where it is, with the key that was meant',
    'publish: {',
    'publish: { ¦chanel: x,',
    'publish.chanel: is not a key here; did you mean channel?',
  ],
  [
    'an unknown key far from any other is told the known ones',
    'publish: { channel',
    'publish: { ¦colour: red, channel',
    'publish.colour: is not a key here; known are channel, watermark',
  ],
  [
    'a missing key is reported at its parent',
    'builder:\n  instanceTypes: [t3.small]\n',
    '¦builder:\n',
    'builder.instanceTypes: is required',
  ],
  [
    'a wrong word is told the right ones',
    '{ sizeGiB: 8 }',
    '{ ¦type: gp4 }',
    'builder.rootVolume.type: must be one of gp3, gp2, io1, io2, st1, sc1, got "gp4"; did you mean gp3?',
  ],
  [
    'a fraction is no whole number',
    '{ sizeGiB: 8 }',
    '{ ¦sizeGiB: 8.5 }',
    'builder.rootVolume.sizeGiB: must be a whole number, got the number 8.5',
  ],
  [
    'a number out of bounds is told the bound',
    '{ sizeGiB: 8 }',
    '{ ¦sizeGiB: 0 }',
    'builder.rootVolume.sizeGiB: must be at least 1, got the number 0',
  ],
  [
    'YAML yes is text, not true',
    '{ sizeGiB: 8 }',
    '{ ¦encrypted: yes }',
    'builder.rootVolume.encrypted: must be true or false, got "yes"',
  ],
  [
    'a number where text belongs wants quotes',
    'publish:',
    'image: { tags: { ¦team: 7 } }\npublish:',
    'image.tags.team: must be text, got the number 7; put it in quotes',
  ],
  ['an empty key is nothing', 'publish: { channel: stable }', '¦publish:', 'publish: must be a map, got nothing'],
  [
    'an empty list of targets is refused',
    distribute,
    '¦distribute: []\n',
    'distribute: must have at least 1 in the list, got 0',
  ],
  [
    'a duration needs a unit',
    run,
    `${run}\n    ¦timeout: '20'`,
    'provision[0].timeout: must be a whole number and s, m, h or d, such as 20m, got "20"',
  ],
  [
    'a timeout longer than SSM allows is refused',
    run,
    `${run}\n    ¦timeout: 3d`,
    'provision[0].timeout: must be from 30s to 48h, got "3d"',
  ],
  [
    'the name must fit into the name of the image',
    'name: base\n',
    `¦¦name: ${'a'.repeat(49)}\n`,
    'name: must have at most 48 characters, got 49',
    `name: is ${'a'.repeat(49)}, but the file is base.yaml: a recipe is found by its file, so both must be the same`,
  ],
  [
    'a channel is a simple name',
    'channel: stable',
    '¦channel: Stable!',
    'publish.channel: must be lower-case letters, digits and single hyphens, got "Stable!"',
  ],
]);

test.each(Object.keys(recipeFileSchema.def.shape))('of a mistyped %s, the key of a recipe file is suggested', (key) => {
  const mistyped = key[0] + key.slice(2);
  const { problems = [] } = parseRecipe({ [mistyped]: {} }, {});
  expect(problems).toContainEqual({ path: [mistyped], message: `is not a key here; did you mean ${key}?` });
});
