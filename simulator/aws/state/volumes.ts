import type { TagMap } from './tags.ts';

// EBS volumes as the simulated EC2 keeps them.

export interface Volume {
  id: string;
  owner: string;
  zone: string;
  state: 'in-use' | 'available';
  attachment?: { instance: string; device: string; deleteOnTermination: boolean; at: number } | undefined;
  sizeGiB: number;
  usedGiB: number;
  type: string;
  iops?: number | undefined;
  throughput?: number | undefined;
  keyArn: string | undefined;
  snapshot: string | undefined;
  createdAt: number;
  tags: TagMap;
}
