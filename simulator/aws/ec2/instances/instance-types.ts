import type { DescribeInstanceTypeOfferingsRequest, DescribeInstanceTypesRequest } from '@aws-sdk/client-ec2';
import { ApiError, type Actions } from '../../calls/actions.ts';
import { filters, page, strict } from '../../calls/strict.ts';
import { selectByFilters, type Fields } from '../filters.ts';
import { vcpusOf } from '../limits.ts';
import { paginate } from '../pagination.ts';

// Families by hypervisor and sizes by family, for the types in recipes, not AWS's whole list. Xen families boot by legacy BIOS
// only, Graviton by UEFI only, other Nitro families by both. NitroTPM needs virtualized Nitro types that boot by UEFI.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-nitro-instances.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-boot.html (instance types by boot mode)
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/enable-nitrotpm-prerequisites.html
const nitro =
  'c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c8i d3 g4dn g5 g6 i3en i4i i7ie inf1 inf2 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6i m6id m6idn m6in m7a m7i m8i p4d p5 r5 r5a r5ad r5b r5d r5dn r5n r6a r6i r6id r7a r7i r7iz r8i t3 t3a trn1 u7i x2idn x2iedn z1d';
const graviton =
  'a1 c6g c6gd c6gn c7g c7gd c7gn c8g g5g i4g im4gn is4gen m6g m6gd m7g m7gd m8g r6g r6gd r7g r7gd r8g t4g x2gd';
const xen = 'c3 c4 d2 g3 i2 i3 m3 m4 p2 r3 r4 t2 x1 x1e';
const families = new Map<string, 'nitro' | 'graviton' | 'xen'>([
  ...nitro.split(' ').map((family) => [family, 'nitro'] as const),
  ...graviton.split(' ').map((family) => [family, 'graviton'] as const),
  ...xen.split(' ').map((family) => [family, 'xen'] as const),
]);
/** Families whose limit counts EBS volumes only (32 for their small sizes). In other Nitro families, all attachments share 28. */
const dedicated = /^([cmr]7[ai]|r7iz|[cmr]8[gi]|u7i|i7ie?|g6|p4d|p5)$/; // docs.aws.amazon.com/ebs/latest/userguide/volume_limits.html
const instanceStore = /^([cmr]\d[ai]?g?d[n]?|x2i?e?dn?|x2gd|z1d|d3|i\d.*|is4gen|im4gn|g[456].*|p[45].*|trn1)$/;
const burstable = 'nano micro small medium large xlarge 2xlarge';
const usual =
  'medium large xlarge 2xlarge 3xlarge 4xlarge 6xlarge 8xlarge 9xlarge 10xlarge 12xlarge 16xlarge 18xlarge 24xlarge 32xlarge 48xlarge metal';

export interface InstanceType {
  id: string;
  architecture: 'x86_64' | 'arm64';
  bootModes: string[];
  ena: 'required' | 'supported' | 'unsupported';
  nitro: boolean;
  tpm: boolean;
  /**
   * The number of attachments to an instance, and whether network interfaces and NVMe disks count. It is undocumented for Xen.
   */
  attachments: { most: number; shared: boolean } | undefined;
  nvmeDisks: number;
  tags: Map<string, string>;
}

/** An instance type by name; undefined if it does not exist. */
export function instanceTypeOf(id: string): InstanceType | undefined {
  const [name = '', size = ''] = id.split('.');
  const kind = families.get(name);
  if (!kind || !(/^t\d/.test(name) ? burstable : usual).split(' ').includes(size)) return undefined;
  return {
    id,
    architecture: kind === 'graviton' ? 'arm64' : 'x86_64',
    bootModes: { nitro: ['legacy-bios', 'uefi'], graviton: ['uefi'], xen: ['legacy-bios'] }[kind],
    ena: kind === 'xen' ? (/^(t2|[cmr]3|d2|i2)$/.test(name) ? 'unsupported' : 'supported') : 'required',
    nitro: kind !== 'xen',
    tpm: kind === 'nitro' && size !== 'metal',
    attachments:
      kind === 'xen' ? undefined : dedicated.test(name) ? { most: 32, shared: false } : { most: 28, shared: true },
    nvmeDisks: kind !== 'xen' && instanceStore.test(name) ? 1 : 0,
    tags: new Map(),
  };
}

const every = (): InstanceType[] =>
  [...families.keys()].flatMap((family) => {
    const sizes = (/^t\d/.test(family) ? burstable : usual).split(' ');
    return sizes.flatMap((size) => instanceTypeOf(`${family}.${size}`) ?? []);
  });

const fields: Fields<InstanceType> = {
  'instance-type': (type) => type.id,
  'processor-info.supported-architecture': (type) => type.architecture,
  'supported-boot-mode': (type) => type.bootModes,
};

const described = (type: InstanceType) => ({
  InstanceType: type.id,
  CurrentGeneration: type.nitro,
  BareMetal: type.id.endsWith('.metal'),
  Hypervisor: type.nitro ? 'nitro' : 'xen',
  ProcessorInfo: { SupportedArchitectures: [type.architecture] },
  VCpuInfo: { DefaultVCpus: vcpusOf(type.id) },
  NetworkInfo: { EnaSupport: type.ena },
  SupportedBootModes: type.bootModes,
  SupportedVirtualizationTypes: ['hvm'],
  SupportedRootDeviceTypes: ['ebs'],
  NitroTpmSupport: type.tpm ? 'supported' : 'unsupported',
  EbsInfo: {
    EbsOptimizedSupport: 'default',
    EncryptionSupport: 'supported',
    ...(type.attachments && {
      MaximumEbsAttachments: type.attachments.most,
      AttachmentLimitType: type.attachments.shared ? 'shared' : 'dedicated',
    }),
  },
  ...(type.nvmeDisks > 0 && {
    InstanceStorageInfo: { NvmeSupport: 'required', Disks: [{ Count: type.nvmeDisks, Type: 'ssd', SizeInGB: 75 }] },
  }),
});

/** Refuses more volumes than the instance type allows. The code is from EC2's list of errors. */
export function refuseTooManyVolumes(id: string, volumes: number): void {
  const { attachments, nvmeDisks = 0 } = instanceTypeOf(id) ?? {};
  if (!attachments) return;
  const most = attachments.shared ? attachments.most - 1 - nvmeDisks : attachments.most;
  if (volumes > most)
    throw new ApiError(
      'AttachmentLimitExceeded',
      `The instance type ${id} takes ${most} EBS volumes at most, and ${volumes} were asked for.`,
    );
}

/** Every zone has every type: the simulator has a, b and c, and AWS's zones that lack types are mostly others. */
const zones = ['a', 'b', 'c'];

export const instanceTypeActions = (): Actions => ({
  DescribeInstanceTypeOfferings: strict(
    'ec2:DescribeInstanceTypeOfferings',
    `LocationType ${filters} ${page}`,
    ({ LocationType, Filters }: DescribeInstanceTypeOfferingsRequest, { region }) => {
      const [filter, ...more] = Filters ?? [];
      if (LocationType !== 'availability-zone' || filter?.Name !== 'instance-type' || more.length > 0)
        throw new Error('the simulator lists the zones of named instance types only');
      const types = (filter.Values ?? []).filter((id) => instanceTypeOf(id));
      const offered = types.flatMap((InstanceType) =>
        zones.map((zone) => ({ InstanceType, LocationType, Location: `${region}${zone}` })),
      );
      return { InstanceTypeOfferings: offered };
    },
  ),
  DescribeInstanceTypes: strict(
    'ec2:DescribeInstanceTypes',
    `InstanceTypes ${filters} ${page}`,
    (input: DescribeInstanceTypesRequest) => {
      const unknown = (input.InstanceTypes ?? []).filter((id) => !instanceTypeOf(id));
      if (unknown.length > 0) {
        throw new ApiError(
          'InvalidInstanceType',
          `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
        );
      }
      // Names without wildcards are looked up directly, not searched among all types.
      const named = input.Filters?.find(({ Name }) => Name === 'instance-type')?.Values;
      const exact = named?.every((id) => !/[*?]/.test(id)) ? named : undefined;
      const asked = (input.InstanceTypes ?? exact)?.flatMap((id) => instanceTypeOf(id) ?? []) ?? every();
      const limits = { min: 5, max: 100, byDefault: 100, ids: input.InstanceTypes };
      const { items, NextToken } = paginate(selectByFilters(asked, input.Filters, fields), input, limits);
      return { InstanceTypes: items.map(described), NextToken };
    },
  ),
});
