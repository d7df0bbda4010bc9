import { expect, test } from '@jest/globals';
import { parseRecipe } from '../../../../core/recipe/recipe.ts';
import { document } from '../../../support/plan.ts';
import { base, casesOf } from '../recipe-cases.ts';

const accountList = (count: number) =>
  Array.from({ length: count }, (_, index) => `'${String(100_000_000_000 + index)}'`).join(', ');

casesOf([
  [
    'a region is a target once',
    'region: eu-west-1',
    '¦region: us-east-1',
    'distribute[1].region: us-east-1 is already the target distribute[0]; a further copy in the region needs an id of its own',
  ],
  ['a region has a further copy under an id', 'region: eu-west-1', 'region: us-east-1\n    id: cmk'],
  [
    'an id is used once in a region',
    'region: eu-west-1',
    'region: us-east-1\n    id: cmk\n  - region: us-east-1\n    ¦id: cmk',
    'distribute[2].id: cmk is already the id of distribute[1] in us-east-1',
  ],
  [
    'an id is used once in a region, and again in another',
    'region: eu-west-1',
    'region: us-east-1\n    id: cmk\n  - region: eu-west-1\n    id: cmk',
  ],
  [
    'an id has the form of a name',
    'region: eu-west-1',
    'region: us-east-1\n    ¦id: CMK/1',
    'distribute[1].id: must be lower-case letters, digits and single hyphens, got "CMK/1"',
  ],
  [
    'the name of an image in a target contains the build',
    'region: eu-west-1',
    "region: eu-west-1\n    ¦name: 'hardened {recipe}'",
    'distribute[1].name: must contain {build}, so that each build has a name of its own, got "hardened {recipe}"',
  ],
  [
    'the name of an image in a target has only what EC2 takes, and the two parts',
    'region: eu-west-1',
    "region: eu-west-1\n    ¦name: 'base-{build}-{account}'",
    'distribute[1].name: must be letters, digits, spaces and ()[]./-\'@_, with {recipe} and {build} for what the build fills in, got "base-{build}-{account}"',
  ],
  [
    'the name of an image in a target is not too long for EC2',
    'region: eu-west-1',
    `region: eu-west-1\n    ¦name: 'x${'y'.repeat(108)}{build}'`,
    'distribute[1].name: gives a name of 129 characters, and EC2 allows 128',
  ],
  [
    'two images in a region have different names',
    'region: eu-west-1',
    "region: us-east-1\n    id: cmk\n    ¦name: '{recipe}-{build}'",
    'distribute[1].name: gives the same name {recipe}-{build} as distribute[0] in its region',
  ],
  ['two images in two regions have one name', 'region: eu-west-1', "region: eu-west-1\n    name: '{recipe}-{build}'"],
  ['a copy has a cap', 'region: eu-west-1', 'region: eu-west-1\n    completeWithin: 45m'],
  [
    'a cap is in steps of 15 minutes',
    'region: eu-west-1',
    'region: eu-west-1\n    ¦completeWithin: 20m',
    'distribute[1].completeWithin: must be a multiple of 15 minutes, got "20m"',
  ],
  [
    'a cap is from 15 minutes to two days',
    'region: eu-west-1',
    'region: eu-west-1\n    ¦completeWithin: 3d',
    'distribute[1].completeWithin: must be from 15m to 2d, got "3d"',
  ],
  [
    'a cap is shorter than the timeout',
    'region: eu-west-1',
    'region: eu-west-1\n    timeout: 1h\n    ¦completeWithin: 1h',
    'distribute[1].completeWithin: must be shorter than the timeout, 1h',
  ],
  [
    'a cap is for copies only',
    'region: eu-west-1',
    'region: home\n    ¦completeWithin: 1h',
    'distribute[1].completeWithin: is for copies, but the image is made in this region; image.timeout is for that',
  ],
  [
    'tags of a target are not the reserved ones',
    'region: eu-west-1',
    'region: eu-west-1\n    tags: { ¦golden:copy: x }',
    'distribute[1].tags.golden:copy: the key must not start with aws: or golden:, which are reserved',
  ],
  [
    'tags of the image and of a target are at most 40 together',
    'region: eu-west-1\n',
    `region: eu-west-1\n    ¦tags: { ${Array.from({ length: 21 }, (_, index) => `u${index}: x`).join(', ')} }\nimage:\n  tags: { ${Array.from({ length: 20 }, (_, index) => `t${index}: x`).join(', ')} }\n`,
    'distribute[1].tags: with image.tags these are 41 tags, and at most 40 are possible: AWS allows 50 and the pipeline needs the rest',
  ],
  [
    'a region with a typo is told the right one',
    'region: eu-west-1',
    '¦region: eu-wets-1',
    'distribute[1].region: eu-wets-1 is not a region this version knows; did you mean eu-west-1?',
  ],
  [
    'regions are of one partition',
    'region: eu-west-1',
    '¦region: cn-north-1',
    'distribute[1].region: cn-north-1 is in aws-cn, but us-east-1 is in aws; AWS copies no image from one partition to another',
  ],
  [
    'an account has 12 digits',
    "['111122223333']",
    "[¦'11112222333']",
    'distribute[0].accounts[0]: must be an account id of 12 digits, got "11112222333"',
  ],
  [
    'an account without quotes is a number',
    "['111122223333']",
    '[¦012345678901]',
    'distribute[0].accounts[0]: must be 12 digits in quotes: without quotes YAML reads a number, here 12345678901, and drops leading zeros',
  ],
  [
    'an account is named once',
    "['111122223333']",
    "['111122223333', ¦'111122223333']",
    'distribute[0].accounts[1]: 111122223333 is already there at [0]',
  ],
  [
    'an organization is named by ARN',
    'region: eu-west-1',
    'region: eu-west-1\n    organizations: [¦o-exampleorgid]',
    'distribute[1].organizations[0]: must be an organization ARN such as arn:aws:organizations::111122223333:organization/o-exampleorgid, got "o-exampleorgid"',
  ],
  [
    'an OU is named by ARN',
    'region: eu-west-1',
    'region: eu-west-1\n    organizationalUnits: [¦ou-ab12-cdefgh34]',
    'distribute[1].organizationalUnits[0]: must be an OU ARN such as arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-cdefgh34, got "ou-ab12-cdefgh34"',
  ],
  [
    'a key by ARN is in the region of its target',
    'region: eu-west-1',
    'region: eu-west-1\n    ¦kmsKey: arn:aws:kms:us-east-1:111122223333:alias/golden',
    'distribute[1].kmsKey: is a key in us-east-1, but the target is eu-west-1',
  ],
  [
    'a tag is not one of AWS or of the pipeline',
    'publish:',
    'image: { tags: { ¦"aws:x": a, ¦"golden:build": b } }\npublish:',
    'image.tags.aws:x: the key must not start with aws: or golden:, which are reserved',
    'image.tags.golden:build: the key must not start with aws: or golden:, which are reserved',
  ],
  [
    'a tag has bounds',
    'publish:',
    `image: { tags: { ¦team: ${'x'.repeat(257)} } }\npublish:`,
    'image.tags.team: must have at most 256 characters, got 257',
  ],
  [
    'a tag of 128 and 256 characters is taken',
    'publish:',
    `image: { tags: { ${'k'.repeat(128)}: ${'x'.repeat(256)} } }\npublish:`,
  ],
  [
    'a key has bounds, too',
    'publish:',
    `image: { tags: { ¦${'k'.repeat(129)}: x } }\npublish:`,
    `image.tags.${'k'.repeat(129)}: the key must have at most 128 characters, got 129`,
  ],
  [
    'an image is shared with at most 1,000 accounts, organizations and OUs',
    "accounts: ['111122223333']",
    `¦accounts: [${accountList(1001)}]`,
    'distribute[0].accounts: has 1001 entries, but an AMI is shared with at most 1000; name an organization or OU, which counts as one',
  ],
  [
    'the three lists count together',
    "accounts: ['111122223333']",
    `¦accounts: [${accountList(1000)}]\n    organizations: ['arn:aws:organizations::111122223333:organization/o-exampleorgid']`,
    'distribute[0].accounts: has 1000 entries, with 1 in the other lists, but an AMI is shared with at most 1000; name an organization or OU, which counts as one',
  ],
  ['a thousand are taken', "['111122223333']", `[${accountList(1000)}]`],
  [
    'tags are at most 40',
    'publish:',
    `image:\n  ¦tags: { ${Array.from({ length: 41 }, (_, index) => `t${index}: x`).join(', ')} }\npublish:`,
    'image.tags: must be at most 40 tags: AWS allows 50 and the pipeline needs the rest',
  ],
  [
    'a schedule has its form',
    'publish:',
    'triggers: { ¦schedule: cron(0 3 * * *) }\npublish:',
    'triggers.schedule: cron(...) has six fields (minutes hours day-of-month month day-of-week year), got 5',
  ],
  [
    'a time zone is a known one',
    'publish:',
    'triggers: { schedule: cron(0 3 ? * SUN *), ¦timezone: Europe/Berlni }\npublish:',
    'triggers.timezone: Europe/Berlni is not an IANA time zone; did you mean Europe/Berlin?',
  ],
  [
    'an offset is no time zone',
    'publish:',
    "triggers: { schedule: cron(0 3 ? * SUN *), ¦timezone: '+01:00' }\npublish:",
    'triggers.timezone: +01:00 is not an IANA time zone',
  ],
  [
    'an image gets old within reason',
    'publish:',
    'triggers: { ¦rebuildAfter: 5m }\npublish:',
    'triggers.rebuildAfter: must be from 1h to 365d, got "5m"',
  ],
  [
    'a flexible window is from a minute to a day',
    'publish:',
    'triggers: { schedule: rate(7 days), ¦flexibleWindow: 25h }\npublish:',
    'triggers.flexibleWindow: must be from 1m to 1d, got "25h"',
  ],
  [
    'a flexible window is whole minutes, as Scheduler takes it',
    'publish:',
    'triggers: { schedule: rate(7 days), ¦flexibleWindow: 90s }\npublish:',
    'triggers.flexibleWindow: must be whole minutes, got 90s',
  ],
  [
    'a flexible window goes with a schedule',
    'publish:',
    'triggers: { onSourceUpdate: true, ¦flexibleWindow: 15m }\npublish:',
    'triggers.flexibleWindow: goes with a schedule only',
  ],
  [
    'a rate knows no time zone',
    'publish:',
    'triggers: { schedule: rate(7 days), ¦timezone: UTC }\npublish:',
    'triggers.timezone: goes with a cron(...) schedule only',
  ],
]);

const shared = "region: eu-west-1\n    accounts: ['111122223333']";
const encrypted = base.replace('{ sizeGiB: 8 }', '{ kmsKey: alias/golden }');
const untilHome = encrypted.slice(encrypted.indexOf('rootVolume'), encrypted.indexOf('region: us-east-1'));
casesOf(
  [
    [
      'a shared copy of an encrypted image needs a key of its region',
      '- region: eu-west-1',
      `- ¦${shared}`,
      'distribute[1]: is shared, but its image would be encrypted with the AWS-managed key of eu-west-1, which cannot be shared: builder.rootVolume.kmsKey is alias/golden, and the copy of an encrypted image is encrypted; give distribute[1] a customer-managed kmsKey',
    ],
    ['a key of its own makes it right', '- region: eu-west-1', `- ${shared}\n    kmsKey: alias/golden-eu`],
    [
      'not the key AWS manages',
      '- region: eu-west-1',
      `- ${shared}\n    ¦kmsKey: alias/aws/ebs`,
      'distribute[1].kmsKey: alias/aws/ebs is the AWS-managed key, and what it encrypts cannot be shared; name a customer-managed key',
    ],
    [
      'at home the key of the builder must not be the one AWS manages',
      untilHome,
      `${untilHome.replace('alias/golden', 'alias/aws/ebs')}¦`,
      'distribute[0]: is shared, but its image would be encrypted with the AWS-managed key of us-east-1, which cannot be shared: builder.rootVolume.kmsKey is alias/aws/ebs; give builder.rootVolume a customer-managed kmsKey',
    ],
    [
      'at home encryption without a key is the same',
      untilHome,
      `${untilHome.replace('kmsKey: alias/golden', 'encrypted: true')}¦`,
      'distribute[0]: is shared, but its image would be encrypted with the AWS-managed key of us-east-1, which cannot be shared: builder.rootVolume.encrypted is true; give builder.rootVolume a customer-managed kmsKey',
    ],
    [
      'every encrypted volume counts',
      untilHome,
      `${untilHome.replace('{ kmsKey: alias/golden }', '{}\n  volumes: [{ device: /dev/sdf, sizeGiB: 1, encrypted: true }]')}¦`,
      'distribute[0]: is shared, but its image would be encrypted with the AWS-managed key of us-east-1, which cannot be shared: builder.volumes[0].encrypted is true; give builder.volumes[0] a customer-managed kmsKey',
    ],
  ],
  encrypted,
);

const twoTargets = base.slice(base.indexOf('  - region: us-east-1'), base.indexOf('publish:'));
casesOf(
  [
    [
      'a key at home encrypts the image, so a shared copy needs one too',
      twoTargets,
      `  - region: us-east-1\n    kmsKey: alias/golden\n    accounts: ['111122223333']\n  - ¦${shared}\n`,
      'distribute[1]: is shared, but its image would be encrypted with the AWS-managed key of eu-west-1, which cannot be shared: distribute[0].kmsKey is alias/golden, and the copy of an encrypted image is encrypted; give distribute[1] a customer-managed kmsKey',
    ],
    [
      'a key elsewhere encrypts the copy there only',
      twoTargets,
      `  - region: us-east-1\n    accounts: ['111122223333']\n  - ${shared}\n    kmsKey: alias/golden\n`,
    ],
    [
      'what is not shared may be under any key',
      twoTargets,
      `  - region: us-east-1\n    kmsKey: alias/golden\n    accounts: ['111122223333']\n  - region: eu-west-1\n`,
    ],
  ],
  base,
  'us-east-1',
);

const publish = 'publish: { channel: stable }';
casesOf([
  [
    'files that may look like credentials are named by path, with wildcards',
    publish,
    `image: { allowFiles: [/etc/app/*.pem, 'C:\\app\\*.pem'] }\n${publish}`,
  ],
  [
    'a pattern that would allow every file is refused',
    publish,
    `image:\n  allowFiles:\n    - ¦/*\n${publish}`,
    'image.allowFiles[0]: must be an absolute path such as /etc/myapp/*.pem or C:\\myapp\\*.pem, whose first folder has no wildcard, got "/*"',
  ],
  [
    'a pattern that would end a quoted text is refused',
    publish,
    `image:\n  allowFiles:\n    - ¦/opt/x'$(reboot)\n${publish}`,
    `image.allowFiles[0]: must be an absolute path such as /etc/myapp/*.pem or C:\\myapp\\*.pem, whose first folder has no wildcard, got "/opt/x'$(reboot)"`,
  ],
  ['all copies have a cap', publish, `completeWithin: 45m\n${publish}`],
  [
    'a cap of all copies is in steps of 15 minutes, too',
    publish,
    `¦completeWithin: 20m\n${publish}`,
    'completeWithin: must be a multiple of 15 minutes, got "20m"',
  ],
  [
    'a cap of all copies is shorter than the timeout of each',
    twoTargets,
    `  - region: us-east-1\n  - region: eu-west-1\n    timeout: 1h\n¦completeWithin: 2h\n`,
    'completeWithin: must be shorter than the timeout of distribute[1], 1h',
  ],
  [
    'a cap of all copies is for a recipe that makes some',
    twoTargets,
    `  - region: home\n¦completeWithin: 2h\n`,
    'completeWithin: is for copies, and the recipe makes none; image.timeout is for the image',
  ],
]);

test('the cap of all copies is that of each copy that says none, and not of the image itself', () => {
  const distribute = [
    { region: 'home' },
    { region: 'home', id: 'vault' },
    { region: 'eu-west-1' },
    { region: 'eu-central-1', completeWithin: '2h' },
  ];
  const { recipe } = parseRecipe({ ...document, completeWithin: '30m', distribute }, {}, { home: 'us-east-1' });
  expect(recipe?.distribute.map(({ completeWithin }) => completeWithin)).toEqual([undefined, '30m', '30m', '2h']);
});
