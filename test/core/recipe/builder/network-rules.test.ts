import { casesOf } from '../recipe-cases.ts';

const from = 'rootVolume: { sizeGiB: 8 }';

casesOf([
  [
    'a network is named by tags',
    from,
    'network: { vpc: { Name: build }, subnets: { tier: private }, securityGroups: { use: images } }',
  ],
  [
    'a part may be named by tags, and the other by ids',
    from,
    'network: { subnets: { tier: private } }\n  securityGroups: [sg-0123456789abcdef0]',
  ],
  [
    'a VPC alone names no subnet',
    from,
    '¦network: { vpc: { Name: build } }',
    'builder.network: needs subnets or securityGroups; vpc alone does not say which',
  ],
  [
    'a part is not named by tags and by ids',
    from,
    'network: { ¦subnets: { tier: private } }\n  subnets: [subnet-0123456789abcdef0]',
    'builder.network.subnets: does not go with builder.subnets; give one of them',
  ],
  ['tags are not empty', from, 'network: { ¦subnets: {} }', 'builder.network.subnets: must name at least one tag'],
  [
    'a value of a tag is text',
    from,
    'network: { subnets: { ¦tier: 1 } }',
    'builder.network.subnets.tier: must be text, got the number 1; put it in quotes',
  ],
]);
