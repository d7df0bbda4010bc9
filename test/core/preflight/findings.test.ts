import { expect, test } from '@jest/globals';
import type { Facts } from '../../../core/preflight/facts.ts';
import { findingsOf } from '../../../core/preflight/findings.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { factsWith, networkWith, nitro } from '../../support/facts.ts';
import { linux, planOf } from '../../support/plan.ts';

const findings = (facts: Facts, changes: Record<string, unknown> = {}) => {
  const { problems, notes } = findingsOf(planOf(changes).document, facts);
  return { problems: told(problems), notes: told(notes) };
};

test('nothing is wrong in an account where the recipe builds', () => {
  expect(findings(factsWith())).toEqual({ problems: [], notes: [] });
});

test('a target in a region that the account has not enabled is refused, and one that EC2 does not list', () => {
  const distribute = [{ region: 'us-east-1' }, { region: 'me-south-1' }, { region: 'sa-west-1' }];
  const found = [
    { region: 'us-east-1', enabled: true },
    { region: 'me-south-1', enabled: false },
  ];
  expect(findings(factsWith({ regions: { found } }), { distribute }).problems).toEqual([
    "distribute[1].region: me-south-1 is not enabled for account 111122223333; enable the region in the account's settings (AWS Regions), or remove the target",
    'distribute[2].region: EC2 lists no region sa-west-1 for account 111122223333; correct the name, or remove the target',
  ]);
});

test('a target that may fail is told of a region that is off, and the build goes on', () => {
  const distribute = [{ region: 'us-east-1' }, { region: 'me-south-1', required: false }];
  const found = [
    { region: 'us-east-1', enabled: true },
    { region: 'me-south-1', enabled: false },
  ];
  expect(findings(factsWith({ regions: { found } }), { distribute })).toEqual({
    problems: [],
    notes: [expect.stringMatching(/^distribute\[1\]\.region: me-south-1 is not enabled/)],
  });
});

test.each<[string, Partial<typeof linux>, Parameters<typeof nitro>[1], string]>([
  ['another architecture', { architecture: 'arm64' }, {}, 'is x86_64, but the source ami-0123456789abcdef0 is arm64'],
  ['paravirtual images', { virtualization: 'paravirtual' }, {}, 'takes hvm images'],
  ['UEFI where the type has none', { bootMode: 'uefi' }, { bootModes: ['legacy-bios'] }, 'boots by legacy-bios, but'],
  ['BIOS where the type has none', { bootMode: 'legacy-bios' }, { bootModes: ['uefi'] }, 'boots by legacy-bios only'],
  ['a NitroTPM where the type has none', { tpm: true }, { tpm: false }, 'has no NitroTPM'],
  ['no ENA driver where the type needs it', { ena: false }, {}, 'needs an image with the ENA driver'],
])('an image with %s does not start on an instance type', (_, image, type, said) => {
  const source = { ...linux, ...image };
  const facts = factsWith({ source, instanceTypes: { found: [nitro('t3.small', type)] } });
  const { problems } = findings(facts);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^builder\.instanceTypes\[0\]: t3\.small /);
  expect(problems[0]).toContain(said);
});

test.each<[string, Partial<typeof linux>, Parameters<typeof nitro>[1]]>([
  ['UEFI preferred, on a type with BIOS only', { bootMode: 'uefi-preferred' }, { bootModes: ['legacy-bios'] }],
  ['UEFI, on a type with both', { bootMode: 'uefi' }, {}],
  ['no ENA driver, on a type that does without', { ena: false }, { needsEna: false }],
])('an image with %s starts', (_, image, type) => {
  const facts = factsWith({ source: { ...linux, ...image }, instanceTypes: { found: [nitro('t3.small', type)] } });
  expect(findings(facts).problems).toEqual([]);
});

const five = ['a', 'b', 'c', 'd', 'e'].map((one) => `444455556666:${one}`);
const own = '111122223333:golden-image-dev-us-east-1/base';
const marked = { channel: 'stable', watermark: true };

test.each<[string, string[], Record<string, unknown>, string | undefined]>([
  [
    'its own one, by which it would pass for published',
    [own],
    { publish: marked },
    `source: ami-0123456789abcdef0 carries ${own}, the watermark of published images of this recipe, and the image would inherit it before its checks; name a source that was not made from an image of base`,
  ],
  [
    'five, which leave no room for its own',
    five,
    { publish: marked },
    `publish.watermark: is true, but the image inherits 5 watermarks of its source ami-0123456789abcdef0, and EC2 takes no sixth: ${five.join(', ')}; name another source, have its owner take one off (DetachImageWatermark), or remove the line`,
  ],
  [
    'any, where the image is public',
    ['444455556666:a'],
    { distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', allowPublic: true }] },
    'distribute[1].allowPublic: is true, but the image inherits the watermarks of its source ami-0123456789abcdef0 (444455556666:a), and EC2 makes no image with a watermark public; name another source, or remove the line',
  ],
  ['four others, which leave room', five.slice(1), { publish: marked }, undefined],
  ['five, without one of its own', five, {}, undefined],
  ['that of its parent', [`${own}-os`], { publish: marked }, undefined],
])('watermarks that an image inherits are judged before it is made: %s', (_, watermarks, changes, problem) => {
  const source = { ...linux, watermarks };
  const channel = { parameter: '/golden/base/stable', deployment: 'golden-image-dev-us-east-1', holders: {} };
  const found = findings(
    factsWith({ source, channel, publicAccess: { 'eu-west-1': { found: 'unblocked' } } }),
    changes,
  );
  expect(found.problems).toEqual(problem === undefined ? [] : [problem]);
});

const disks = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ device: `/dev/sd${String.fromCharCode(102 + index)}`, sizeGiB: 1 }));

test('more volumes than an instance type can have are refused, those of the source counted', () => {
  const builder = { instanceTypes: ['t3.small', 'm7i.large'], volumes: disks(4) };
  const source = { ...linux, disks: [{ device: '/dev/sdz', sizeGiB: 1, encrypted: false }] };
  const found = [nitro('t3.small', { volumes: 5 }), nitro('m7i.large', { volumes: 6 })];
  expect(findings(factsWith({ source, instanceTypes: { found } }), { builder }).problems).toEqual([
    'builder.volumes: the builder would have 6 volumes, its root and those of the source included, but t3.small takes 5; name fewer volumes or other instance types',
  ]);
  const unlimited = [nitro('t2.small'), nitro('m7i.large', { volumes: 6 })];
  expect(
    findings(factsWith({ source, instanceTypes: { found: unlimited } }), {
      builder: { ...builder, instanceTypes: ['t2.small', 'm7i.large'] },
    }).problems,
  ).toEqual([]);
});

test('more security groups than the usual quota are a note, since AWS may have raised it', () => {
  const securityGroups = Array.from({ length: 6 }, (_, index) => `sg-0000000${index}`);
  const groups = { found: securityGroups.map((group) => ({ group, vpc: 'vpc-1', https: true, inbound: false })) };
  const said = findings(factsWith({ network: networkWith({ groups }) }), {
    builder: { instanceTypes: ['t3.small'], securityGroups },
  });
  expect(said.problems).toEqual([]);
  expect(said.notes).toEqual([expect.stringMatching(/^builder\.securityGroups: has 6 groups, and EC2 takes 5/)]);
});

test('an instance type that the region does not have is refused, and all problems come at once', () => {
  const builder = { instanceTypes: ['t3.small', 't33.small'], rootVolume: { sizeGiB: 4 } };
  const distribute = [{ region: 'us-east-1' }, { region: 'me-south-1' }];
  const paths = findings(factsWith(), { builder, distribute }).problems.map((line) => line.split(': ')[0]);
  expect(paths).toEqual(['builder.rootVolume.sizeGiB', 'builder.instanceTypes[1]', 'distribute[1].region']);
});

test('a look that AWS refuses is a note, and its facts refuse nothing', () => {
  const refused = 'ec2:DescribeRegions in us-east-1: UnauthorizedOperation: no';
  const facts = factsWith({ regions: { refused }, instanceTypes: { refused } });
  expect(findings(facts, { distribute: [{ region: 'me-south-1' }] })).toEqual({
    problems: [],
    notes: [
      `builder.instanceTypes: could not look at the instance types before the build, so a mistake there may show only during the build: ${refused}`,
      `distribute: could not look at the regions of the account before the build, so a mistake there may show only during the build: ${refused}`,
    ],
  });
});

test('without a source the rest is judged all the same', () => {
  const { source: _, ...facts } = factsWith({ regions: { found: [{ region: 'us-east-1', enabled: true }] } });
  expect(findings(facts).problems).toHaveLength(1);
});
