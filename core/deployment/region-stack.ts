// Names and parameters of the stacks that send events from the target regions of a deployment to its home region.
import { partitionOf } from '../recipe/regions.ts';

/** A deployment, as its region stacks know it. */
export interface ForwardingTo {
  /** Service and stage. */
  name: string;
  home: string;
  account: string;
  /** ARN of the role EventForwarder. */
  forwarder: string;
}

/** Two deployments may send events from one region, even two of one stage in different home regions. */
export const regionStackName = ({ name, home }: Pick<ForwardingTo, 'name' | 'home'>): string =>
  `${name}-events-to-${home}`;

export const regionStackParameters = ({ home, account, forwarder }: ForwardingTo): Record<string, string> => ({
  HomeBus: `arn:${partitionOf(home) ?? 'aws'}:events:${home}:${account}:event-bus/default`,
  Forwarder: forwarder,
});
