import type { Instance } from './instances.ts';

// SSM agents as the simulated Systems Manager keeps them.

/** The SSM agent of an instance, from its first registration to the instance's end. */
export interface Agent {
  instance: Instance;
  online: boolean;
  /** Restarts the operating system. The agent is lost during the restart and then comes back. */
  reboot(): void;
  /** Called whenever the agent comes online or is lost. */
  readonly listeners: Set<() => void>;
}
