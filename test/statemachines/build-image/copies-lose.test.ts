import { beforeAll, expect, test } from '@jest/globals';
import type { Image } from '../../../simulator/aws/state/images.ts';
import type { Snapshot } from '../../../simulator/aws/state/snapshots.ts';
import { brisk } from '../../support/deployed.ts';
import { account, build, consumer, copied, home, pipeline, recipe } from '../../support/pipeline.ts';

const other = '111122223333';
const distribute = [
  { region: 'home', accounts: [consumer] },
  { region: 'home', id: 'vault', kmsKey: 'alias/vault', tags: { confidential: 'yes' }, accounts: [consumer] },
  {
    region: copied,
    kmsKey: 'alias/golden-eu',
    accounts: [consumer],
    copyTo: [{ account: other, kmsKey: 'alias/theirs', accounts: [consumer] }],
  },
];

interface Seen {
  image: Image;
  snapshots: Snapshot[];
}
/** The images as they were right after CopyImage, and as they are published. */
const begun: Image[] = [];
let original: Seen;
let copies: (Seen & { key: string; at: string })[];

beforeAll(async () => {
  const simulation = pipeline({
    scenario: { delays: brisk },
    changes: { distribute, publish: { channel: 'stable', watermark: true } },
  });
  const { cloud } = simulation;
  const { ec2 } = cloud.services;
  const copy = ec2['CopyImage'];
  ec2['CopyImage'] = (input, caller) => {
    const answer = copy?.(input, caller) as { ImageId: string };
    begun.push(structuredClone(cloud.world.region(caller.region).images.get(answer.ImageId)!));
    return answer;
  };
  await build(simulation);
  const seen = (region: string, owner: string, id?: string) => {
    const { images, snapshots } = cloud.world.region(region);
    const image = [...images.values()].find((one) => one.owner === owner && one.tags.get('golden:copy') === id)!;
    return { image, snapshots: image.mappings.flatMap(({ snapshot = '' }) => snapshots.get(snapshot) ?? []) };
  };
  const key = (region: string, alias: string, owner?: string) => cloud.addKey(region, alias, 'enabled', owner).arn;
  original = seen(home, account);
  copies = [
    { at: 'a further copy', ...seen(home, account, 'vault'), key: key(home, 'alias/vault') },
    { at: 'another region', ...seen(copied, account), key: key(copied, 'alias/golden-eu') },
    { at: 'another account', ...seen(copied, other), key: key(copied, 'alias/theirs', other) },
  ];
}, 60_000);

/** Right after CopyImage: `lost`, `given` with the request, `inherited`, or of each image its `own`. At the end: the published copy. */
type Fate = 'lost' | 'given' | 'inherited' | 'own' | 'unset';

const fates: Record<keyof Image, Fate> = {
  permissions: 'lost',
  // no image demands IMDSv2 while it is copied in the pipeline's own account: GrantPermissions comes later
  imdsSupport: 'lost',
  tags: 'given',
  name: 'given',
  description: 'given',
  mappings: 'own', // other snapshots, under other keys
  watermarks: 'own', // each image gets one when it is published, and none is copied before
  architecture: 'inherited',
  unpacked: 'inherited',
  bootMode: 'inherited',
  tpm: 'inherited',
  virtualization: 'inherited',
  ena: 'inherited',
  unbilled: 'inherited',
  rootDevice: 'inherited',
  instanceStore: 'inherited',
  ephemeral: 'inherited',
  system: 'inherited',
  agent: 'inherited',
  software: 'inherited',
  id: 'own',
  owner: 'own',
  ownerAlias: 'own',
  state: 'own',
  stateReason: 'own',
  createdAt: 'own',
  sourceImage: 'own',
  sourceRegion: 'own',
  sourceInstance: 'own',
  deregisteredAt: 'own',
  // nothing sets them before an image is retired, region by region and account by account
  deprecatedAt: 'unset',
  protection: 'unset',
};
const having = (fate: Fate) => Object.entries(fates).flatMap(([key, is]) => (is === fate ? [key as keyof Image] : []));

test('every property of an image is in the table', () => {
  const known = [original, ...copies].flatMap(({ image }) => Object.keys(image));
  expect(known.filter((key) => !Object.hasOwn(fates, key))).toEqual([]);
});

test.each(having('inherited'))('a copy inherits: %s', (key) => {
  for (const { image } of copies) expect(image[key]).toEqual(original.image[key]);
});

test.each(having('unset'))('no image has it when it is published: %s', (key) => {
  for (const { image } of [original, ...copies]) expect(image[key]).toBeUndefined();
});

test('permissions are lost by each copy, and are as the recipe says when it is published, on every snapshot, too', () => {
  expect(begun.map(({ permissions }) => permissions)).toEqual([[], [], []]);
  for (const { image, snapshots } of [original, ...copies]) {
    expect(image.permissions).toEqual([{ UserId: consumer }]);
    expect(snapshots.length).toBeGreaterThan(0);
    for (const { sharedWith } of snapshots) expect([...sharedWith]).toEqual([consumer]);
  }
});

test('IMDSv2 is lost by copies of an image that does not demand it yet, and all published ones demand it', () => {
  expect(begun.filter(({ owner }) => owner === account).map(({ imdsSupport }) => imdsSupport)).toEqual([undefined, undefined]);
  for (const { image } of [original, ...copies]) expect(image.imdsSupport).toBe('v2.0');
});

test('tags are those of the recipe and the target from the beginning, on every snapshot, too', () => {
  for (const { image, snapshots, at } of copies) {
    const first = begun.find(({ id }) => id === image.id)!;
    for (const tags of [first.tags, image.tags, ...snapshots.map((one) => one.tags)]) {
      expect(tags.get('team')).toBe('platform');
      expect(tags.get('golden:build')).toBe(original.image.tags.get('golden:build'));
      expect(tags.get('confidential')).toBe(at === 'a further copy' ? 'yes' : undefined);
    }
  }
});

test('name and description are those of the recipe, not the ones that EC2 gives a copy', () => {
  expect(copies.map(({ image }) => image.name)).toEqual([`${original.image.name}-vault`, original.image.name, original.image.name]);
  for (const { image } of copies) expect(image.description).toBe(recipe.description);
});

test('each snapshot is under the key of its target, and none keeps that of the original', () => {
  for (const { snapshots, key } of copies) expect(snapshots.map(({ keyArn }) => keyArn)).toEqual([key]);
});

test('disks are as large as those of the original, and as fast', () => {
  const disks = ({ image }: Seen) => image.mappings.map((disk) => ({ ...disk, snapshot: 'its own' }));
  for (const copy of copies) expect(disks(copy)).toEqual(disks(original));
});

test('no copy has a watermark before it is published', () => {
  expect(begun.flatMap(({ watermarks = [] }) => watermarks)).toEqual([]);
  for (const { image } of copies.filter((copy) => copy.image.owner === account))
    expect(image.watermarks?.map(({ key }) => key)).toEqual([`${account}:golden-image-dev-us-east-1/base`]);
});
