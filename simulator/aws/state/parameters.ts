// Parameters and their versions as the simulated Parameter Store keeps them.

export interface Version {
  version: number;
  value: string;
  type: string;
  dataType: string;
  tier: string;
  description: string;
  at: number;
}

export interface Parameter {
  name: string;
  owner: string;
  tags: Map<string, string>;
  /** The highest version number so far. A version whose image was refused leaves a gap. */
  last: number;
  /** The number of writes whose image has not been checked yet. */
  pending: number;
  /** The versions in effect, oldest first. */
  versions: Version[];
}
