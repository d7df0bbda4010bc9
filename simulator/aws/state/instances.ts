import type { System } from './images.ts';
import type { Subnet } from './network.ts';
import type { TagMap } from './tags.ts';
import type { UnpackedArchive } from './volumes.ts';

// Instances as the simulated EC2 keeps them.

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface Instance {
  id: string;
  owner: string;
  region: string;
  reservation: string;
  image: string;
  type: string;
  state: InstanceState;
  /** The reason for its state, if AWS gives one. */
  reason?: { Code: string; Message: string } | undefined;
  launchedAt: number;
  terminatedAt?: number;
  /** Counts the requested transitions, so that an overtaken one (a stop before a termination) has no effect. */
  transition: number;
  /** The one-time request of a Spot Instance. Absent: on demand. */
  spotRequest?: string;
  subnet: Subnet;
  /** Its host, placement group and licences. */
  hardware: {
    tenancy: string;
    hostId: string | undefined;
    hostResourceGroup: string | undefined;
    group: string | undefined;
    licenses: string[];
  };
  /** Whether the instance has a public address. */
  publicIp: boolean;
  securityGroups: string[];
  profileArn: string | undefined;
  /** Name of its key pair. */
  keyPair: string | undefined;
  networkInterface: string;
  privateIp: string;
  system: System;
  /** Whether the SSM agent is installed. */
  agent: boolean;
  /** What commands and those of its ancestors have unpacked on its root disk. */
  unpacked: UnpackedArchive[];
  architecture: 'x86_64' | 'arm64';
  rootDevice: string;
  bootMode: string;
  metadata: {
    HttpTokens: string;
    HttpPutResponseHopLimit: number;
    HttpEndpoint: string;
    InstanceMetadataTags: string;
    HttpProtocolIpv6: string;
  };
  shutdownBehavior: string;
  userData: string | undefined;
  clientToken: string | undefined;
  /** Its packages with their versions, once a command has changed them. */
  software?: ReadonlyMap<string, string>;
  tags: TagMap;
}
