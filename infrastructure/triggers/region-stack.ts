// The stack that `golden regions` makes in a target region. It is optional: a build whose copies send no events looks at them itself.
import { ref } from '../cloudformation.ts';

/** A template of CloudFormation that stands alone, outside of osls. */
interface StackTemplate {
  AWSTemplateFormatVersion: string;
  Description: string;
  Parameters: Record<string, { Type: 'String'; Description: string }>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- properties of CloudFormation, as many types as there are
  Resources: Record<string, { Type: string; Properties: Record<string, any> }>;
  Outputs: Record<string, { Description: string; Value: unknown }>;
}

/**
 * A rule that sends the events of copies to the region of the pipeline, where `wake` hears them. An AMI is available only once its
 * snapshots are complete, so the event of the AMI is enough. It has no tags, so the rule cannot tell our AMIs from others.
 */
export const regionStack: StackTemplate = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Tells a golden-image pipeline in another region when a copy of an image is available or has failed.',
  Parameters: {
    HomeBus: { Type: 'String', Description: 'ARN of the default event bus in the region of the pipeline.' },
    Forwarder: {
      Type: 'String',
      Description: 'ARN of the role EventForwarder of the pipeline, its output EventForwarderArn.',
    },
  },
  Resources: {
    CopyEnded: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'An AMI is available or has failed: a build of the pipeline in another region may wait for it.',
        EventPattern: {
          source: ['aws.ec2'],
          'detail-type': ['EC2 AMI State Change'],
          detail: { State: ['available', 'failed'] },
        },
        Targets: [
          {
            Id: 'home',
            Arn: ref('HomeBus'),
            RoleArn: ref('Forwarder'),
            // The rarest looks of a build are two hours apart. An event that is older tells it nothing new.
            RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 185 },
          },
        ],
      },
    },
  },
  Outputs: { HomeBus: { Description: 'Where the events go.', Value: ref('HomeBus') } },
};
