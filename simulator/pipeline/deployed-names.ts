import { partitionIn } from '../aws/partition.ts';

/** Service and stage, the prefix of every name in a deployment with default settings. */
export const service = 'golden-image-dev';

/** The names and ARNs that a deployment with default settings has in an account and region. */
export function deployedNames(region: string, account: string) {
  const arn = (of: string, resource: string) => `arn:${partitionIn(region)}:${of}:${region}:${account}:${resource}`;
  return {
    bucket: `golden-artifacts-${account}`,
    archives: `golden-archives-${account}`,
    forwarder: `arn:${partitionIn(region)}:iam::${account}:role/${service}-EventForwarder`,
    topic: arn('sns', `${service}-notifications`),
    machine: (name: string) => arn('states', `stateMachine:${service}-${name}`),
    functionArn: (name: string) => arn('lambda', `function:${service}-${name}`),
  };
}
