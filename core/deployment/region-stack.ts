// Names and parameters of the stacks that send events from the target regions of a deployment to its home region.
import { partitionOf } from '../recipe/regions.ts';

/** A deployment, as its region stacks know it. */
interface ForwardingTo {
  home: string;
  account: string;
  /** ARN of the role EventForwarder. */
  forwarder: string;
}

export const regionStackParameters = ({ home, account, forwarder }: ForwardingTo): Record<string, string> => ({
  HomeBus: `arn:${partitionOf(home) ?? 'aws'}:events:${home}:${account}:event-bus/default`,
  Forwarder: forwarder,
});
