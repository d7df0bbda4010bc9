import { expect, test } from '@jest/globals';
import { formatProblems, parseRecipe } from '../../../../core/recipe/recipe.ts';
import { recipe } from '../../../support/pipeline.ts';

const problemsOf = (changes: object): string[] => {
  const { publish, ...others } = { ...recipe, ...changes };
  const document = publish === null ? others : { ...others, publish };
  const { problems = [] } = parseRecipe(document, {}, { home: 'us-east-1' });
  return problems.map((one) => formatProblems([one], () => undefined).trim());
};
const [home, copied] = recipe.distribute;
const web = { name: 'web' };
const byId = { id: 'lt-0123456789abcdef0' };

test.each<[string, object, string[]]>([
  ['by its name', { distribute: [{ ...home, launchTemplate: web }] }, []],
  [
    'by its id, with a default version',
    { distribute: [{ ...home, launchTemplate: { ...byId, setDefault: true } }] },
    [],
  ],
  [
    'by both',
    { distribute: [{ ...home, launchTemplate: { ...web, ...byId } }] },
    ['distribute[0].launchTemplate: needs either id or name, and has both'],
  ],
  [
    'by neither',
    { distribute: [{ ...home, launchTemplate: {} }] },
    ['distribute[0].launchTemplate: needs either id or name, and has neither'],
  ],
  [
    'twice in one region',
    {
      distribute: [
        { ...home, launchTemplate: web },
        { ...home, id: 'more', kmsKey: 'alias/more', launchTemplate: web },
      ],
    },
    ['distribute[1].launchTemplate: is already the launch template of distribute[0]'],
  ],
  [
    'by the same name in two regions',
    {
      distribute: [
        { ...home, launchTemplate: web },
        { ...copied, launchTemplate: web },
      ],
    },
    [],
  ],
  [
    'without a channel',
    { publish: null, distribute: [{ ...home, launchTemplate: web }] },
    ['distribute[0].launchTemplate: gets a version when the image is published; add publish.channel'],
  ],
])('a launch template is named %s', (_, changes, problems) => {
  expect(problemsOf(changes)).toEqual(problems);
});

const marked = { publish: { channel: 'stable', watermark: true } };
test.each<[string, object, string[]]>([
  ['goes with private images', marked, []],
  [
    'does not go with public images',
    {
      ...marked,
      builder: { ...recipe.builder, rootVolume: { sizeGiB: 8 } },
      distribute: [{ region: 'us-east-1', allowPublic: true }],
    },
    ['distribute[0].allowPublic: does not go with publish.watermark: EC2 puts no watermark on a public image'],
  ],
  ['goes with the channel of another recipe', { ...marked, source: { channel: 'parent/stable' } }, []],
])('a watermark %s', (_, changes, problems) => {
  expect(problemsOf(changes)).toEqual(problems);
});
