import type { Image, System } from './state/images.ts';

/** The images that a vendor publishes one after another. */
export interface PublicFamily {
  system: System;
  owner: string;
  alias?: string;
  architecture: Image['architecture'];
  /** `*` stands for the release. */
  name: string;
  description: string;
  /** Absent if the vendor keeps none. */
  parameter?: string;
  rootDevice: string;
  sizeGiB: number;
  usedGiB: number;
}

export const amazonLinux = (architecture: Image['architecture']): PublicFamily => ({
  system: 'AmazonLinux',
  owner: '137112412989',
  alias: 'amazon',
  architecture,
  name: `al2023-ami-2023.9.*.0-kernel-6.12-${architecture}`,
  description: `Amazon Linux 2023 AMI 2023.9.*.0 ${architecture} HVM kernel-6.12`,
  parameter: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
  rootDevice: '/dev/xvda',
  sizeGiB: 8,
  usedGiB: 2.5,
});
const debianName = { x86_64: 'amd64', arm64: 'arm64' } as const;
/** Canonical names its images and parameters by the type of the volume: gp2 (`hvm-ssd`) until 22.04, then gp3. */
const ubuntuSeries = {
  '22.04': ['jammy', 'hvm-ssd', 'ebs-gp2'],
  '24.04': ['noble', 'hvm-ssd-gp3', 'ebs-gp3'],
} as const;
const ubuntu = (release: keyof typeof ubuntuSeries, architecture: Image['architecture']): PublicFamily => ({
  system: 'Ubuntu',
  owner: '099720109477',
  architecture,
  name: `ubuntu/images/${ubuntuSeries[release][1]}/ubuntu-${ubuntuSeries[release][0]}-${release}-${debianName[architecture]}-server-*`,
  description: `Canonical, Ubuntu, ${release}, ${debianName[architecture]} ${ubuntuSeries[release][0]} image`,
  parameter: `/aws/service/canonical/ubuntu/server/${release}/stable/current/${debianName[architecture]}/hvm/${ubuntuSeries[release][2]}/ami-id`,
  rootDevice: '/dev/sda1',
  sizeGiB: 8,
  usedGiB: 2.5,
});
const debian = (release: number, architecture: Image['architecture']): PublicFamily => ({
  system: 'Debian',
  owner: '136693071363',
  architecture,
  name: `debian-${release}-${debianName[architecture]}-*-2285`,
  description: `Debian ${release} (*-2285)`,
  parameter: `/aws/service/debian/release/${release}/latest/${debianName[architecture]}`,
  rootDevice: '/dev/xvda',
  sizeGiB: 8,
  usedGiB: 1.5,
});
// Red Hat has no public parameters: https://access.redhat.com/solutions/15356 lists its account and image names.
const redHat = (release: string, architecture: Image['architecture']): PublicFamily => ({
  system: 'RedHat',
  owner: '309956199498',
  architecture,
  name: `RHEL-${release}_HVM-*-${architecture}-0-Hourly2-GP3`,
  description: 'Provided by Red Hat, Inc.',
  rootDevice: '/dev/sda1',
  sizeGiB: 10,
  usedGiB: 2,
});
// Neither has public parameters: https://rockylinux.org/cloud-images, https://wiki.almalinux.org/cloud/AWS.html
const rebuilt = (
  owner: string,
  description: string,
  name: string,
  architecture: Image['architecture'],
): PublicFamily => ({
  system: 'RedHat',
  owner,
  architecture,
  name: `${name}${architecture}`,
  description,
  rootDevice: '/dev/sda1',
  sizeGiB: 10,
  usedGiB: 2,
});
const windows = (release: number): PublicFamily => ({
  system: 'Windows',
  owner: '801119661308',
  alias: 'amazon',
  architecture: 'x86_64',
  name: `Windows_Server-${release}-English-Full-Base-*`,
  description: `Microsoft Windows Server ${release} Full Locale English AMI provided by Amazon`,
  parameter: `/aws/service/ami-windows-latest/Windows_Server-${release}-English-Full-Base`,
  rootDevice: '/dev/sda1',
  sizeGiB: 30,
  usedGiB: 14,
});

/** https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html */
const eksNode = (kubernetes: string, architecture: Image['architecture']): PublicFamily => ({
  ...amazonLinux(architecture),
  owner: '602401143452',
  name: `amazon-eks-node-al2023-${architecture}-standard-${kubernetes}-v*`,
  description: `EKS-optimized Kubernetes node based on Amazon Linux 2023, (k8s: ${kubernetes})`,
  parameter: `/aws/service/eks/optimized-ami/${kubernetes}/amazon-linux-2023/${architecture}/standard/recommended/image_id`,
  sizeGiB: 20,
  usedGiB: 4,
});
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
const ecsHost = (architecture: Image['architecture']): PublicFamily => ({
  ...amazonLinux(architecture),
  owner: '591542846629',
  name: `al2023-ami-ecs-hvm-2023.0.*-kernel-6.1-${architecture}`,
  description: `Amazon Linux AMI 2023.0.* ${architecture} ECS HVM EBS`,
  parameter: `/aws/service/ecs/optimized-ami/amazon-linux-2023/${architecture === 'arm64' ? 'arm64/' : ''}recommended/image_id`,
  sizeGiB: 30,
  usedGiB: 3.5,
});
/** https://docs.aws.amazon.com/dlami/latest/devguide/find-dlami-id.html */
const deepLearning: PublicFamily = {
  ...amazonLinux('x86_64'),
  owner: '898082745236',
  name: 'Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) *',
  description: 'Supported EC2 instances: G4dn, G5, G6, Gr6, G6e, P4d, P4de, P5, P5e, P5en',
  parameter: '/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id',
  sizeGiB: 75,
  usedGiB: 45,
};

/** The public images of every region. */
export const families: PublicFamily[] = [
  ...(['x86_64', 'arm64'] as const).flatMap((architecture) => [
    amazonLinux(architecture),
    ubuntu('24.04', architecture),
    ubuntu('22.04', architecture),
    debian(12, architecture),
    debian(13, architecture),
    redHat('10.0.0', architecture),
    redHat('9.6.0', architecture),
    rebuilt('792107900819', 'Rocky-9-EC2-Base', 'Rocky-9-EC2-Base-9.6-*.0.', architecture),
    rebuilt('764336703387', 'Official AlmaLinux OS 9 image', 'AlmaLinux OS 9.6.* ', architecture),
    eksNode('1.35', architecture),
    eksNode('1.36', architecture),
    ecsHost(architecture),
  ]),
  deepLearning,
  windows(2022),
  windows(2025),
];
