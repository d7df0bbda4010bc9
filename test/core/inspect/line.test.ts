import { expect, test } from '@jest/globals';
import { endOfLine, linePlaces } from '../../../core/inspect/line.ts';
import type { Ancestry } from '../../../core/usage/family.ts';

const from = (ami: string, region = 'us-east-1') => ({ madeFrom: { ami, region } });
const vendor = { ami: 'ami-v', owner: '137112412989', name: 'al2023' };
const many = Array.from({ length: 50 }, (_, index) => ({ ami: `ami-${index}`, ...from(`ami-${index + 1}`) }));

test.each<[says: string, ancestry: Ancestry, source: typeof vendor | null, end: RegExp]>([
  [
    'a vendor',
    [
      { ami: 'ami-1', ...from('ami-v') },
      { ami: 'ami-v', ownerAlias: 'amazon' },
    ],
    null,
    /^ends at ami-v, a public AMI of a verified provider \(amazon\)$/,
  ],
  [
    'no source',
    [{ ami: 'ami-1' }],
    null,
    /^ends at ami-1, for which EC2 knows no source: it was registered from snapshots/,
  ],
  [
    'no source, but a build that knows one',
    [{ ami: 'ami-1' }],
    vendor,
    /\. By its build it was made from ami-v, "al2023" of 137112412989$/,
  ],
  [
    'a source in another partition',
    [{ ami: 'ami-1', ...from('ami-x', 'cn-north-1') }],
    null,
    /^ends at ami-1: EC2 shows nothing of its source ami-x in cn-north-1$/,
  ],
  ['fifty AMIs', many, null, /^ends at ami-49, since EC2 shows at most 50 AMIs$/],
  ['nothing', [], null, /^EC2 shows no line$/],
])('where a line ends is told, with %s', (_says, ancestry, source, end) => {
  expect(endOfLine(ancestry, source)).toMatch(end);
});

test('each AMI of a line lies in the region that the AMI made from it names', () => {
  const line = [{ ami: 'ami-3', ...from('ami-2') }, { ami: 'ami-2', ...from('ami-1', 'eu-west-1') }, { ami: 'ami-1' }];
  expect(linePlaces('ap-southeast-2', line).map(({ ami, region }) => `${ami} ${region}`)).toEqual([
    'ami-3 ap-southeast-2',
    'ami-2 us-east-1',
    'ami-1 eu-west-1',
  ]);
});
