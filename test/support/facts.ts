import type { Facts, InstanceTypeFacts } from '../../core/preflight/facts.ts';
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

/** Facts of an account in which the smallest recipe builds. */
export const factsWith = (changes: Partial<Facts> = {}): Facts => ({
  region: 'us-east-1',
  account: '111122223333',
  source: linux,
  regions: {
    found: [
      { region: 'us-east-1', enabled: true },
      { region: 'eu-west-1', enabled: true },
    ],
  },
  instanceTypes: { found: [nitro('t3.small')] },
  ...changes,
});
