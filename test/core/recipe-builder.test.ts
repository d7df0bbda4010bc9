import { casesOf } from './recipe-cases.ts';

casesOf([
  [
    'an instance type has its form',
    '[t3.small]',
    '[t3.small, ¦t3]',
    'builder.instanceTypes[1]: must be an instance type such as t3.small, got "t3"',
  ],
  [
    'an instance type is tried once',
    '[t3.small]',
    '[t3.small, ¦t3.small]',
    'builder.instanceTypes[1]: t3.small is already there at [0]',
  ],
  [
    'instance types are of one architecture',
    '[t3.small]',
    '[t3.small, ¦m7gd.large]',
    'builder.instanceTypes[1]: m7gd.large is arm64, but t3.small before it is x86_64',
  ],
  [
    'instance types are of the architecture of the source',
    '/al2023\n  owner: amazon\nbuilder:\n  instanceTypes: [t3.small]',
    '/al2023-arm64\n  owner: amazon\nbuilder:\n  instanceTypes: [t4g.small, ¦g4dn.xlarge]',
    'builder.instanceTypes[1]: g4dn.xlarge is x86_64, but the source is arm64',
  ],
  [
    'a subnet has its form',
    '[t3.small]',
    '[t3.small]\n  subnets: [¦vpc-12345678]',
    'builder.subnets[0]: must be an id such as subnet-0123456789abcdef0, got "vpc-12345678"',
  ],
  [
    'an instance profile is no ARN',
    '[t3.small]',
    '[t3.small]\n  ¦instanceProfile: arn:aws:iam::111122223333:instance-profile/x',
    'builder.instanceProfile: must be the name of an instance profile, not an ARN',
  ],
  [
    'a KMS key has its form',
    '{ sizeGiB: 8 }',
    '{ ¦kmsKey: golden }',
    'builder.rootVolume.kmsKey: must be a KMS key id, a key ARN or alias/<name>, got "golden"',
  ],
  [
    'a key and no encryption contradict each other',
    '{ sizeGiB: 8 }',
    '{ ¦encrypted: false, kmsKey: alias/golden }',
    'builder.rootVolume.encrypted: is false, but there is a kmsKey; remove one of them',
  ],
  [
    'gp2 takes no throughput and no iops',
    '{ sizeGiB: 8 }',
    '{ type: gp2, ¦iops: 3000, ¦throughput: 125 }',
    'builder.rootVolume.iops: does not go with gp2; only gp3, io1 and io2 take it',
    'builder.rootVolume.throughput: does not go with gp2; only gp3 takes it',
  ],
  [
    'gp3 has a least and a most of iops',
    '{ sizeGiB: 8 }',
    '{ ¦iops: 2999 }',
    'builder.rootVolume.iops: must be from 3000 to 80000 for gp3, got 2999',
  ],
  [
    'io2 needs iops',
    'rootVolume: { sizeGiB: 8 }',
    '¦rootVolume: { type: io2 }',
    'builder.rootVolume.iops: is required for io2',
  ],
  [
    'st1 cannot be booted from',
    '{ sizeGiB: 8 }',
    '{ ¦type: st1, sizeGiB: 125 }',
    'builder.rootVolume.type: st1 cannot hold a root volume; use gp3',
  ],
  [
    'sc1 starts at 125 GiB',
    '{ sizeGiB: 8 }',
    '{}\n  volumes: [{ device: /dev/sdf, type: sc1, ¦sizeGiB: 124 }]',
    'builder.volumes[0].sizeGiB: must be from 125 to 16384 GiB for sc1, got 124',
  ],
  [
    'a further volume has a size',
    '{ sizeGiB: 8 }',
    '{}\n  volumes: [¦{ device: /dev/sdf }]',
    'builder.volumes[0].sizeGiB: is required',
  ],
  [
    'a further volume is not the root',
    '{ sizeGiB: 8 }',
    '{}\n  volumes: [{ ¦device: /dev/xvda, sizeGiB: 1 }]',
    'builder.volumes[0].device: /dev/xvda is the root device; describe that under rootVolume',
  ],
  [
    'two names of one device are the same',
    '{ sizeGiB: 8 }',
    '{}\n  volumes: [{ device: /dev/sdf, sizeGiB: 1 }, { ¦device: xvdf, sizeGiB: 1 }]',
    'builder.volumes[1].device: xvdf is the same device as that of volumes[0]',
  ],
  [
    'a device has its form',
    '{ sizeGiB: 8 }',
    '{}\n  volumes: [{ ¦device: /dev/nvme1n1, sizeGiB: 1 }]',
    'builder.volumes[0].device: must be a device name such as /dev/sdf, got "/dev/nvme1n1"',
  ],
]);
