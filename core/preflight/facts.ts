import type { ChannelHolder } from '../distribute/channel-owner.ts';
import type { TemplateSeen } from '../publish/launch-templates.ts';
import type { InstanceTypeFacts } from '../launch/instance-type-facts.ts';
import type { KeySeen } from '../launch/keys.ts';
import type { Problem } from '../recipe/problems.ts';
import type { SecretSeen } from '../deployment/seen-secret.ts';
import type { SourceImage } from '../launch/source.ts';

export interface SubnetFacts {
  subnet: string;
  vpc: string;
  /** Availability Zone. */
  zone: string;
  /** The account of the subnet and its VPC. It differs from the pipeline's account if the subnet is shared. */
  owner: string;
  freeAddresses: number;
  /** Whether instances get a public address by default. */
  publicIp: boolean;
  /** Whether instances get an IPv6 address. */
  ipv6: boolean;
}

export interface GroupFacts {
  group: string;
  vpc: string;
  /** Whether a rule allows outgoing HTTPS to any destination. */
  https: boolean;
  /** Whether any rule lets something in. */
  inbound: boolean;
}

export interface RouteTableFacts {
  vpc: string;
  /** Whether the table applies to every subnet without a table of its own. */
  main: boolean;
  subnets: string[];
  /** `via` is the id of the gateway or other next hop. A route to a deleted gateway is not active. */
  routes: { to: string; via: string; active: boolean }[];
}

/** An endpoint of an AWS service in a VPC. `service` is the last part of its name, such as `ssm`. */
export interface EndpointFacts {
  vpc: string;
  service: string;
}

/** The network of a build's instances: the subnets and groups of the recipe, or the defaults. */
export interface NetworkFacts {
  subnets: Seen<SubnetFacts[]>;
  groups: Seen<GroupFacts[]>;
  /** The deployment's groups, into which a held instance may go. Absent where the recipe holds none. */
  forHolds?: Seen<GroupFacts[]>;
  routeTables: Seen<RouteTableFacts[]>;
  endpoints: Seen<EndpointFacts[]>;
}

/** What was found for the tags of a recipe's network. A part that the recipe does not name by tags is absent. */
export interface FoundNetwork {
  subnets?: string[];
  securityGroups?: string[];
  problems: Problem[];
}

/** The result of a look, or AWS's reason for refusing it. */
export type Seen<T> = { found: T; refused?: never } | { found?: never; refused: string };

/** A Dedicated Host. */
export interface HostFacts {
  state: string;
  zone: string;
  /** The instance type or family that it is for. */
  family?: string;
}

export interface RegionFacts {
  region: string;
  enabled: boolean;
}

/**
 * The account's EBS encryption settings in a region, and what KMS reports there about the keys that may be used. The settings
 * are absent where the recipe decides everything: see regionsOfSettings.
 */
export interface EncryptionSettings {
  /** Whether EBS encrypts new volumes and copies even if a request says otherwise. */
  byDefault?: boolean;
  /** EC2's name for the key that it uses where a request names none. */
  defaultKey?: string;
  /** By name: the keys of the recipe and of the source's disks, and the default key. */
  keys: Record<string, KeySeen>;
  /** By name: the policies of the keys under which images are shared. */
  policies?: Record<string, Seen<string>>;
}

/** A role of another account in one region, and what KMS reports there about the keys of the copies, by name. */
export interface AccountRoleSeen {
  account: string;
  region: string;
  role: string;
  keys: Seen<Record<string, KeySeen>>;
}

/** Everything that a preflight looks at. AWS may refuse each kind of fact separately. */
export interface Facts {
  /** Region and account of the pipeline. */
  region: string;
  account: string;
  now: Date;
  /** What the deployment carries for the recipe. Absent if nothing. */
  scripts?: Record<string, string>;
  /** Absent where the source was not found or is not trusted. */
  source?: SourceImage;
  /** The targets' regions, as far as EC2 lists them. */
  regions: Seen<RegionFacts[]>;
  /** The recipe's instance types, as far as the region has them. */
  instanceTypes: Seen<InstanceTypeFacts[]>;
  network: NetworkFacts;
  /** The Dedicated Host of the recipe, null where EC2 does not know it. Absent where the recipe names none. */
  host?: Seen<HostFacts | null>;
  /** The key pair of the candidate, null where EC2 does not know it. Absent where the recipe names none. */
  keyPair?: Seen<{ type: string } | null>;
  /** The deployment's security groups, used where a recipe names none. */
  deploymentGroups?: string[];
  /** What the channel holds now in each target, by placeName. Absent where the recipe publishes to none. */
  channel?: {
    parameter: string;
    deployment: string;
    holders: Record<string, Seen<ChannelHolder[]>>;
    /** What the parameter is in a place where no channel can have made it. */
    foreign?: Record<string, string>;
  };
  /** State of block public access for AMIs, in the regions of the targets that are public. */
  publicAccess: Record<string, Seen<string>>;
  /** The launch templates, by placeName. Absent where the recipe names none. */
  templates?: Record<string, Seen<TemplateSeen | undefined>>;
  /** The roles that make copies in other accounts. Absent where there are none. */
  accounts?: AccountRoleSeen[];
  /** By secret of steps, without key and version. Null: there is none. Absent where no step has secrets. */
  secrets?: Record<string, Seen<SecretSeen | null>>;
  /** By region: the pipeline's region and those of the targets. */
  encryption: Record<string, Seen<EncryptionSettings>>;
}
