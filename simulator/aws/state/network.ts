// The networks of an account in a region, as the simulated EC2 keeps them.

export interface Subnet {
  id: string;
  owner: string;
  vpc: string;
  zone: string;
  byDefault: boolean;
  cidr: string;
  /** Whether instances get a public address. */
  publicIp: boolean;
  addresses: number;
  tags: Map<string, string>;
}

export interface SecurityGroup {
  id: string;
  owner: string;
  vpc: string;
  name: string;
  /** Whether its outgoing rules allow all traffic or are empty. */
  egress: 'all' | 'none';
  /** Whether a rule lets anything in. */
  ingress: 'all' | 'none';
  tags: Map<string, string>;
}

/** The target of the default route: an internet gateway, a NAT gateway, a transit gateway, or none. */
export type Way = 'internet' | 'nat' | 'transit' | 'none';

export interface RouteTable {
  id: string;
  owner: string;
  vpc: string;
  /** The subnet's route table; absent: the main table of its VPC. */
  subnet?: string;
  way: Way;
  tags: Map<string, string>;
}

export interface Endpoint {
  id: string;
  owner: string;
  vpc: string;
  service: string;
  tags: Map<string, string>;
}

export interface Vpc {
  id: string;
  owner: string;
  byDefault: boolean;
  tags: Map<string, string>;
}

/** The networks of an account in a region. */
export interface Network {
  vpcs: Vpc[];
  subnets: Subnet[];
  groups: SecurityGroup[];
  routeTables: RouteTable[];
  endpoints: Endpoint[];
}
