import { deliverySeconds } from './command.ts';

/** How long stages wait for an instance and for what is made of it, in seconds from entering their state. */
export const patience = {
  /** Until SSM reaches an instance that was just launched. */
  agent: 1800,
  /** Until a builder has stopped. */
  stop: 1800,
  /** Until a command that shuts its instance down and has ended well is taken not to do so. */
  shutdown: 600,
  /** Until EC2 has made an image; a large disk can take it hours. */
  image: 12 * 3600,
  /** Until SSM has an answer to a command, whatever happens to the agent. */
  command: (timeoutSeconds: number): number => deliverySeconds + timeoutSeconds + 300,
};
