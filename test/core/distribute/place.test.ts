import { expect, test } from '@jest/globals';
import { toRestore, ledgerOf } from '../../../core/distribute/channel.ts';
import { firstImageName, imageNameIn, imageTags } from '../../../core/distribute/image-name.ts';
import { distinctPlaces, inPlace, parameterOfPlace, placeName, type Place } from '../../../core/distribute/place.ts';
import { scopeOfFailed, scopeOfPublished } from '../../../core/undo/scope.ts';
import { planOf } from '../../support/plan.ts';

const region = 'us-east-1';
const first: Place = { region };
const further: Place = { region, id: 'cmk' };

test('a further copy is told from the first image of its region everywhere', () => {
  expect([first, further].map(placeName)).toEqual(['us-east-1', 'us-east-1/cmk']);
  expect([first, further].map((one) => parameterOfPlace('/golden/base/stable', one))).toEqual([
    '/golden/base/stable',
    '/golden/base/stable/cmk',
  ]);
  expect(inPlace([further], first)).toBeUndefined();
  expect(distinctPlaces([first, further, first])).toEqual([first, further]);
});

test('a target names its image; if it does not, a further copy has its id at the end', () => {
  const plan = { ...planOf(), region };
  expect(imageNameIn(plan, {})).toBe(plan.image);
  expect(imageNameIn(plan, { id: 'cmk' })).toBe(`${plan.image}-cmk`);
  expect(imageNameIn(plan, { name: '{build} of {recipe}' })).toBe(`${plan.build} of ${plan.recipe}`);
  const [target] = plan.document.distribute;
  const own = { ...plan, document: { ...plan.document, distribute: [{ ...target!, region, name: 'first-{build}' }] } };
  expect(firstImageName(own)).toBe(`first-${plan.build}`);
  expect(imageTags(own)).toMatchObject({ Name: `first-${plan.build}` });
  expect(imageTags(own, { id: 'cmk', tags: { Name: 'mine' } })).toMatchObject({ Name: 'mine', 'golden:copy': 'cmk' });
});

test('a publish that did not complete is taken back in each place of a region', () => {
  const before = [
    { ...first, ami: 'ami-0' },
    { ...further, ami: 'ami-1' },
  ];
  const after = [
    { ...first, ami: 'ami-2' },
    { ...further, ami: 'ami-3' },
  ];
  const ledger = ledgerOf(undefined, '/golden/base/stable', before, after);
  expect(toRestore(ledger, [{ ...first, ami: 'ami-0' }, after[1]!])).toEqual([before[1]]);
  // Swapped values are nobody's publish.
  expect(toRestore(ledger, [{ ...first, ami: 'ami-3' }, before[1]!])).toEqual([]);
});

test('if one copy of a region failed, its remains go and the other one stays', () => {
  const plan = { ...planOf(), region };
  const ledger = { after: [{ ...first, ami: 'ami-2' }] };
  const targets = [
    { ...first, ami: 'ami-2' },
    { ...further, error: 'CopyFailed' },
  ];
  expect(scopeOfPublished(plan, ledger, targets)).toMatchObject({ regions: [region], published: ledger.after });
  expect(scopeOfPublished(plan, ledger, [targets[0]!])).toMatchObject({ regions: [] });
  const [target] = plan.document.distribute;
  const distribute = [target!, { ...target!, id: 'cmk' }].map((one) => ({ ...one, region }));
  const own = { ...plan, channel: '/golden/base/stable', document: { ...plan.document, distribute } };
  expect(scopeOfFailed(own, undefined, undefined)).toMatchObject({
    regions: [region],
    channels: [
      { region, parameter: '/golden/base/stable' },
      { region, parameter: '/golden/base/stable/cmk' },
    ],
  });
});
