// AWS's answers about the users of an AMI, in our words.

/** An instance of an AMI. `group` is the Auto Scaling group that launched it. */
export interface InstanceUse {
  instance: string;
  state: string;
  group?: string;
}

/** How many resources of another account name an AMI. */
export interface UsingAccount {
  account: string;
  instances: number;
  templates: number;
  recipes: number;
}

/**
 * The other accounts that use an AMI, by a usage report. It does not show launches of the day before `reportedAt`, nor launch
 * templates of the few days before.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/your-ec2-ami-usage.html
 */
export interface OtherAccounts {
  reportedAt: string;
  report: string;
  accounts: UsingAccount[];
}

/** A usage report as EC2 describes it. */
export interface UsageReport {
  report: string;
  ami: string;
  /** `pending`, `available` or `error`. */
  state: string;
  reason?: string;
  createdAt: string;
  /** The accounts that it was asked about. Empty: all. */
  accounts: string[];
  types: { type: string; depth?: number }[];
}

/** A line of a report. */
export interface UsageEntry {
  report: string;
  account: string;
  type: string;
  count: number;
}

/** The most versions of a launch template that EC2 looks at. A template cannot have more. */
export const allVersions = 10_000;

/** The resources that a report of ours counts. */
export const reportedTypes = [
  'ec2:Instance',
  'ec2:LaunchTemplate',
  'imagebuilder:ImageRecipe',
  'imagebuilder:ContainerRecipe',
] as const;
