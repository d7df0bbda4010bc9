import type { Recipe } from '../recipe/types.ts';

export type Architecture = 'x86_64' | 'arm64';

/** Distributions whose images are patched by the same steps. */
export type Patching = 'amazon-linux' | 'dnf' | 'debian' | 'ubuntu' | 'windows';

/** A distribution that `golden init` offers. */
export interface Distribution {
  title: string;
  patching: Patching;
  /** The image tag `os`. */
  os: string;
  source: (architecture: Architecture) => Pick<Recipe['source'], 'parameter' | 'filter' | 'owner'>;
}

const debianName = { x86_64: 'amd64', arm64: 'arm64' } as const;

const ubuntu = (release: string, volume: string): Distribution => ({
  title: `Ubuntu ${release} LTS`,
  patching: 'ubuntu',
  os: `ubuntu-${release}`,
  source: (architecture) => ({
    parameter: `/aws/service/canonical/ubuntu/server/${release}/stable/current/${debianName[architecture]}/hvm/${volume}/ami-id`,
    owner: '099720109477',
  }),
});
const debian = (release: number): Distribution => ({
  title: `Debian ${release}`,
  patching: 'debian',
  os: `debian-${release}`,
  source: (architecture) => ({
    parameter: `/aws/service/debian/release/${release}/latest/${debianName[architecture]}`,
    owner: '136693071363',
  }),
});
/** A distribution without public parameters: `name` makes a filter of an architecture. */
const byName = (title: string, os: string, owner: string, name: (architecture: string) => string): Distribution => ({
  title,
  patching: 'dnf',
  os,
  source: (architecture) => ({ filter: { name: name(architecture), architecture }, owner }),
});
const windows = (release: number): Distribution => ({
  title: `Windows Server ${release}`,
  patching: 'windows',
  os: `windows-${release}`,
  source: () => ({
    parameter: `/aws/service/ami-windows-latest/Windows_Server-${release}-English-Full-Base`,
    owner: 'amazon',
  }),
});

/**
 * The distributions by their names on the command line. Owners and names of images are the vendors' own:
 * https://access.redhat.com/solutions/15356, https://rockylinux.org/cloud-images, https://wiki.almalinux.org/cloud/AWS.html,
 * https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/, https://wiki.debian.org/Cloud/AmazonEC2Image
 */
export const distributions: Readonly<Record<string, Distribution>> = {
  al2023: {
    title: 'Amazon Linux 2023',
    patching: 'amazon-linux',
    os: 'amazon-linux-2023',
    source: (architecture) => ({
      parameter: `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`,
      owner: 'amazon',
    }),
  },
  'ubuntu-24.04': ubuntu('24.04', 'ebs-gp3'),
  'ubuntu-22.04': ubuntu('22.04', 'ebs-gp2'), // Canonical publishes gp3 from 24.04 on
  'debian-13': debian(13),
  'debian-12': debian(12),
  'rhel-10': byName(
    'Red Hat Enterprise Linux 10',
    'rhel-10',
    '309956199498',
    (a) => `RHEL-10.*_HVM-*-${a}-*-Hourly2-GP3`,
  ),
  'rhel-9': byName('Red Hat Enterprise Linux 9', 'rhel-9', '309956199498', (a) => `RHEL-9.*_HVM-*-${a}-*-Hourly2-GP3`),
  'rocky-9': byName('Rocky Linux 9', 'rocky-9', '792107900819', (a) => `Rocky-9-EC2-Base-9.*.${a}`),
  'almalinux-9': byName('AlmaLinux 9', 'almalinux-9', '764336703387', (a) => `AlmaLinux OS 9.* ${a}`),
  'windows-2025': windows(2025),
  'windows-2022': windows(2022),
};
