import { casesOf } from '../recipe-cases.ts';

const from = 'rootVolume: { sizeGiB: 8 }';
const price = 'builder.spotMaxPrice: must be';

casesOf([
  ['a builder may be a Spot Instance', from, "spot: true\n  spotMaxPrice: '0.0104'"],
  [
    'spot goes with an image that is registered, if it is captured running',
    from,
    'spot: true\nimage: { register: true, capture: running }',
  ],
  ['a price goes with spot', from, "¦spotMaxPrice: '0.05'", 'builder.spotMaxPrice: goes with spot: true only'],
  [
    'a price is text',
    from,
    'spot: true\n  ¦spotMaxPrice: 0.05',
    `${price} text, got the number 0.05; put it in quotes`,
  ],
  [
    'a price is a number',
    from,
    "spot: true\n  ¦spotMaxPrice: '$1'",
    `${price} dollars for an hour in quotes, such as '0.05', got "$1"`,
  ],
  [
    'a price is enough for EC2',
    from,
    "spot: true\n  ¦spotMaxPrice: '0.001'",
    `${price} more than 0.001, as EC2 demands, got "0.001"`,
  ],
  [
    'spot does not go with a builder that is stopped for its snapshots',
    from,
    '¦spot: true\nimage: { register: true }',
    'builder.spot: does not go with image.register, for which the builder is stopped, and EC2 cannot stop a Spot Instance; set image.capture: running, or leave one of them out',
  ],
  [
    'spot does not go with Windows',
    "rootVolume: { sizeGiB: 8 }\nprovision:\n  - name: patch\n    run: dnf -y upgrade\nchecks:\n  - name: up\n    run: 'true'",
    '¦spot: true\nprovision:\n  - name: patch\n    powershell: x\nchecks:\n  - name: up\n    powershell: x',
    'builder.spot: does not go with Windows: Sysprep shuts the builder down, and EC2 may end a Spot Instance that shuts down',
  ],
]);
