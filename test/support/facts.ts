import type { InstanceTypeFacts } from '../../core/launch/instance-type-facts.ts';
import type {
  EncryptionSettings,
  Facts,
  NetworkFacts,
  RouteTableFacts,
  SubnetFacts,
} from '../../core/preflight/facts.ts';
import { linux } from './plan.ts';

export const nitro = (instanceType: string, changes: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts => ({
  instanceType,
  architectures: ['x86_64'],
  bootModes: ['legacy-bios', 'uefi'],
  virtualization: ['hvm'],
  needsEna: true,
  tpm: true,
  ...changes,
});

/** The network of an account with its default VPC, partly replaced. */
export const networkWith = (changes: Partial<NetworkFacts> = {}): NetworkFacts => ({
  subnets: { found: [subnet('subnet-0000000a', { publicIp: true })] },
  groups: { found: [{ group: 'sg-0000000d', vpc: 'vpc-1', https: true, inbound: false }] },
  routeTables: { found: [routes([{ to: '0.0.0.0/0', via: 'igw-1' }])] },
  endpoints: { found: [] },
  ...changes,
});

export const subnet = (id: string, changes: Partial<SubnetFacts> = {}): SubnetFacts => ({
  subnet: id,
  vpc: 'vpc-1',
  zone: 'us-east-1a',
  owner: '111122223333',
  freeAddresses: 250,
  publicIp: false,
  ipv6: false,
  ...changes,
});

/** The main route table of vpc-1, with these routes in addition to the local one. */
export const routes = (others: { to: string; via: string; active?: boolean }[]): RouteTableFacts => ({
  vpc: 'vpc-1',
  main: true,
  subnets: [],
  routes: [{ to: '10.0.0.0/16', via: 'local', active: true }, ...others.map((one) => ({ active: true, ...one }))],
});

const managed = { arn: 'arn:aws:kms:::key/aws-ebs', state: 'Enabled', awsManaged: true };

/** EBS encryption in a region as AWS sets it up. */
export const settings = (changes: Partial<EncryptionSettings> = {}): EncryptionSettings => ({
  byDefault: false,
  defaultKey: 'alias/aws/ebs',
  ...changes,
  keys: { 'alias/aws/ebs': managed, [managed.arn]: managed, ...changes.keys },
});

/** Facts of an account in which the smallest recipe can be built. */
export const factsWith = (changes: Partial<Facts> = {}): Facts => ({
  region: 'us-east-1',
  publicAccess: {},
  account: '111122223333',
  now: new Date('2026-11-23T03:00:00Z'),
  source: linux,
  regions: {
    found: [
      { region: 'us-east-1', enabled: true },
      { region: 'eu-west-1', enabled: true },
    ],
  },
  instanceTypes: { found: [nitro('t3.small')] },
  network: networkWith(),
  encryption: { 'us-east-1': { found: settings() }, 'eu-west-1': { found: settings() } },
  ...changes,
});
