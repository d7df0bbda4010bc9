/** What goes wrong, or takes its time, in one scenario. A later plan may end that. */
export interface Faults {
  /** Every nth EC2 call of the scenario's functions is refused with RequestLimitExceeded. */
  throttleEvery?: number;
  /** An EC2 call that IAM refuses to one function. */
  refuse?: { functionKey: string; action: string };
  /** Regions in which a copy ends as failed. */
  failCopyTo?: string[];
  /** Seconds until an image or a copy is available, until a command has ended, and until a disk is stored or imported. */
  takes?: { image?: number; copy?: number; command?: number; store?: number; import?: number };
  /** Subnets in which EC2 has no Spot Instance. */
  noSpotIn?: string[];
  /** EventBridge gets none of the scenario's events. */
  loseEvents?: boolean;
  /** How a command ends, by its comment; undefined is well. */
  command?: (comment: string) => CommandEnd | undefined;
}

export interface CommandEnd {
  exitCode: number;
  stdout: string;
  stderr: string;
}
