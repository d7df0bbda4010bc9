/** What goes wrong, or takes its time, in one scenario. Looks are how many times a thing is seen unready; a later plan may end that. */
export interface Faults {
  /** Every nth EC2 call of the scenario's functions is refused with RequestLimitExceeded. */
  throttleEvery?: number;
  /** An EC2 call that IAM refuses to one function. */
  refuse?: { functionKey: string; action: string };
  /** Regions in which a copy ends as failed. */
  failCopyTo?: string[];
  /** Looks at the image, a copy, an instance's agent, a command before each is ready. */
  looks?: { image?: number; copy?: number; agent?: number; command?: number };
  /** How a command ends, by its comment; undefined is well. */
  command?: (comment: string) => CommandEnd | undefined;
}

export interface CommandEnd {
  exitCode: number;
  stdout: string;
  stderr: string;
}
