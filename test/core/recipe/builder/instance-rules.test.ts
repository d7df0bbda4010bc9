import { casesOf } from '../recipe-cases.ts';

const from = 'rootVolume: { sizeGiB: 8 }';
const tags = (count: number) => `{ ${Array.from({ length: count }, (_, n) => `t${n}: x`).join(', ')} }`;
const arn = (region: string) =>
  `arn:aws:license-manager:${region}:111122223333:license-configuration:lic-0123456789abcdef0123456789abcdef`;

casesOf([
  [
    'tags and metadata options are taken',
    from,
    'tags: { Name: mine, cost-centre: x }\n  imds: { hopLimit: 64, tags: true, ipv6: true }',
  ],
  ['tags are at most 40', from, `¦tags: ${tags(41)}`, 'builder.tags: must be at most 40 tags'],
  [
    'tags are at most 40 with those of the image',
    from,
    `¦tags: ${tags(30)}\nimage: { tags: { ${Array.from({ length: 20 }, (_, n) => `i${n}: x`).join(', ')} } }`,
    'builder.tags: with image.tags these are 50 tags, and at most 40 are possible: AWS allows 50 and the pipeline needs the rest',
  ],
  [
    'tags that the metadata service shows have keys for it',
    from,
    "imds: { tags: true }\n  tags: { ¦'Patch Group': x }\nimage: { tags: { ¦a/b: x, fine: 'x y' } }",
    'builder.tags.Patch Group: is no key that the metadata service can show: letters, digits and -_+=,.@: only; rename it, or leave builder.imds.tags out',
    'image.tags.a/b: is no key that the metadata service can show: letters, digits and -_+=,.@: only; rename it, or leave builder.imds.tags out',
  ],
  [
    'a hop limit is at most 64',
    from,
    'imds: { ¦hopLimit: 65 }',
    'builder.imds.hopLimit: must be at most 64, got the number 65',
  ],
  ['a key pair of the candidate has a name', from, 'candidateKeyPair: Patch team (2026)'],
  [
    'the name of a key pair is printable ASCII',
    from,
    '¦candidateKeyPair: schlüssel',
    'builder.candidateKeyPair: must be the name of a key pair in printable ASCII, got "schlüssel"',
  ],
  [
    'hardware is taken',
    from,
    `tenancy: host\n  hostId: h-0123456789abcdef0\n  placementGroup: my group\n  licenses: ['${arn('us-east-1')}']`,
  ],
  [
    'a host needs its tenancy',
    from,
    'tenancy: dedicated\n  ¦hostId: h-0123456789abcdef0',
    'builder.hostId: goes with tenancy: host only',
  ],
  [
    'a host is named once',
    from,
    "tenancy: host\n  hostId: h-0123456789abcdef0\n  ¦hostResourceGroup: 'arn:aws:resource-groups:us-east-1:111122223333:group/hosts'",
    'builder.hostResourceGroup: does not go with hostId; give one of them',
  ],
  [
    'a host runs no Spot Instance',
    from,
    'tenancy: host\n  ¦spot: true',
    'builder.spot: does not go with tenancy: host, on which EC2 starts no Spot Instances',
  ],
  [
    'a licence is an ARN',
    from,
    'licenses: [¦lic-1]',
    'builder.licenses[0]: must be the ARN of a license configuration, arn:aws:license-manager:<region>:<account>:license-configuration:lic-…, got "lic-1"',
  ],
]);
