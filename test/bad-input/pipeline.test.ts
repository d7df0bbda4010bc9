import { expect, test } from '@jest/globals';
import {
  artifactKeys,
  build,
  imageIn,
  launched,
  leftIn,
  nothing,
  pipeline,
  recipe,
  targets,
} from '../support/pipeline.ts';
import { hostileTexts } from './mutations.ts';
import { expectReadable } from './saying.ts';

const own = (key: string, value: unknown) => Object.defineProperty({}, key, { value, enumerable: true });
const overridden = (overrides: object) => ({ recipe: 'base', overrides });
const target = targets.home;

const refused: [sentence: string, input: unknown][] = [
  ['an empty map', {}],
  ['a number as the recipe', { recipe: 7 }],
  ['nothing as the recipe', { recipe: null }],
  ['a list as the recipe', { recipe: [recipe] }],
  ['an empty document', { recipe: {} }],
  ['a recipe there is not', { recipe: 'bass' }],
  ['a prototype as the recipe', { recipe: 'constructor' }],
  ['a path as the recipe', { recipe: '../../base' }],
  ['a huge recipe name', { recipe: 'a'.repeat(100_000) }],
  ['an unknown key', { recipe: 'base', forced: true }],
  ['a word for force', { recipe: 'base', force: 'yes' }],
  ['a trigger without a reason', { recipe: 'base', trigger: { by: 'schedule' } }],
  ['a trigger of another kind', { recipe: 'base', trigger: { by: 'hand', reason: 'x' } }],
  ['a reason of two lines', { recipe: 'base', trigger: { by: 'source', reason: 'a\nb' } }],
  ['a huge reason', { recipe: 'base', trigger: { by: 'source', reason: 'x'.repeat(100_000) } }],
  ['a build id with a path', { recipe: 'base', build: '../../20261123-030000-9f2c' }],
  ['a number as the build', { recipe: 'base', build: 20261123 }],
  ['a distribution of no build', { recipe: 'base', distribute: {} }],
  ['a distribution of an unknown build', { recipe: 'base', build: '20200101-000000-abcd', distribute: {} }],
  ['a distribution that is forced', { recipe: 'base', build: '20200101-000000-abcd', distribute: {}, force: true }],
  ['a list of overrides', { recipe: 'base', overrides: [] }],
  ['an override that removes the source', overridden({ source: null })],
  ['an override that removes the targets', overridden({ distribute: null })],
  ['an override of the name', overridden({ name: 'other' })],
  ['an override called __proto__', overridden(own('__proto__', { name: 'x' }))],
  ['a tag called __proto__', overridden({ image: { tags: own('__proto__', 'x') } })],
  ['a recipe of another type of name', { recipe: { ...recipe, name: ['base'] } }],
  ['a recipe with a path for a name', { recipe: { ...recipe, name: '../base' } }],
  ['a recipe with a huge name', { recipe: { ...recipe, name: 'a'.repeat(50_000) } }],
  ['deep overrides', overridden(JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as object)],
  ['an unknown region', overridden({ distribute: [{ ...target, region: 'us-east-9' }] })],
  ['a region twice', overridden({ distribute: [target, target] })],
  ['a script that is not there', overridden({ provision: [{ script: 'scripts/none.sh' }] })],
  ['a script above', overridden({ provision: [{ script: '../../etc/passwd.sh' }] })],
  ['10,000 steps', overridden({ provision: Array.from({ length: 10_000 }, () => ({ run: 'x' })) })],
  ['10,000 unknown keys', overridden(Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, 1])))],
  ['a NUL in a command', overridden({ provision: [{ run: 'a\0b' }] })],
  ['a line break in a tag', overridden({ image: { tags: { a: 'b\nc' } } })],
  ['a description that is not ASCII', overridden({ description: 'caf\u00e9' })],
  ['a parameter name too long', overridden({ source: { parameter: 'a'.repeat(5_000) } })],
  ...hostileTexts.map(([called, text]): [string, unknown] => [
    `${called} as the channel`,
    overridden({ publish: { channel: text } }),
  ]),
  ...hostileTexts.map(([called, text]): [string, unknown] => [`${called} as the recipe`, { recipe: text }]),
];

test.each(refused)('%s is refused with RecipeInvalid, and nothing is created', async (_sentence, input) => {
  const simulation = pipeline();
  const execution = await build(simulation, input);
  expect(execution).toMatchObject({ status: 'FAILED', error: 'RecipeInvalid' });
  expect(execution.cause).toMatch(/^Resolve: /);
  expect(execution.cause?.length).toBeLessThan(32_768);
  expectReadable(execution.cause ?? '');
  expect(leftIn(simulation)).toEqual(nothing);
  expect(launched(simulation, 'builder')).toEqual([]);
  expect(artifactKeys(simulation)).toEqual([]);
});

test.each([[null], ['base'], [['base']], [7]])(
  'the input %j, which is no map, fails before anything is created',
  async (input) => {
    const simulation = pipeline();
    expect((await build(simulation, input)).status).toBe('FAILED');
    expect(leftIn(simulation)).toEqual(nothing);
    expect(artifactKeys(simulation)).toEqual([]);
  },
);

const plain = 'echo "$(id)" `date` \'x\' && true > /dev/null; # ${HOME} {{ssm:x}} \u{1F680}';

test('metacharacters reach AWS as they are written, and alter no command', async () => {
  const description = '$(rm -rf /) `reboot` \'"; ${x} {{ssm:x}} <a>&amp;</a> \\ $.x';
  const tags = Object.fromEntries(
    hostileTexts
      .filter(([called, text]) => called !== 'prototype' && !/[\p{Cc}\p{Cs}\uFFFE]/u.test(text))
      .flatMap(([called, text]) => [
        [called, text],
        [text, called],
      ]),
  ) as Record<string, string>;
  const provision = [{ name: '$(reboot) `x` \u{1F680}', run: plain }];
  const simulation = pipeline({ changes: { description, image: { tags }, provision } });
  expect(await build(simulation)).toMatchObject({ status: 'SUCCEEDED' });
  for (const region of recipe.distribute.map((one) => one.region)) {
    const image = imageIn(simulation, region);
    expect(image.description).toBe(description);
    expect(Object.fromEntries(image.tags)).toMatchObject(tags);
  }
  const commands = [...simulation.cloud.world.region('us-east-1').commands.values()];
  const texts = commands.map(({ script }) => script);
  expect(texts[0]).toBe(`#!/bin/bash\nset -euo pipefail\n${plain}`);
  expect(texts.slice(1).join('\n')).not.toContain('rm -rf /)');
});
