import { ref, type Resources } from '../cloudformation.ts';
import { ownTopic } from '../settings/notify.ts';

/** @param key ARN of the key that encrypts messages. CloudWatch can publish to an encrypted topic only if the key's policy allows it. */
export const topicResources = (name: string, address: string, key: string | undefined): Resources => ({
  Notifications: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: ownTopic(name), ...(key && { KmsMasterKeyId: key }) },
  },
  NotificationsByMail: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: ref('Notifications'), Protocol: 'email', Endpoint: address },
  },
  NotificationsPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [ref('Notifications')],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow', // the function needs no statement here: its role allows it
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: ref('Notifications'),
            Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: ref('Notifications'),
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
});
