// Parameters as the simulated Parameter Store keeps them, and secrets as Secrets Manager does.

export interface Version {
  version: number;
  value: string;
  type: string;
  dataType: string;
  tier: string;
  description: string;
  at: number;
  /** Of a SecureString under a customer's key. Absent: alias/aws/ssm. */
  key?: string | undefined;
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

/** A secret of Secrets Manager. */
export interface Secret {
  name: string;
  arn: string;
  /** Id or alias of the customer's key. Absent: aws/secretsmanager. */
  key?: string | undefined;
  /** Other accounts whose roles its policy lets look and read. */
  sharedWith: string[];
  /** DeletedDate of a secret that is scheduled for deletion. */
  deletedAt?: number;
  /** Its versions with their labels. A secret without any has no value. */
  versions: { id: string; stages: string[]; value: string }[];
}
