// The people who are notified of how builds end and of alarms: --param="notify=…".
const ownTopic = '${self:service}-${self:provider.stage}-notifications';

/** Whether `notify` is a topic's ARN or an e-mail address; undefined for nobody. */
function whomToNotify(notify) {
  if (notify === 'off') return undefined;
  if (/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/.test(notify)) return { topic: notify };
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(notify)) return { address: notify };
  throw new Error(`notify must be off, the ARN of an SNS topic or an e-mail address, not "${notify}".`);
}

/** The topic's ARN. If nobody is notified, the ARN that the topic would have. */
const arnOf = (whom) =>
  whom?.topic ?? { 'Fn::Sub': 'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:' + ownTopic };

/** @param key ARN of the key that encrypts messages. CloudWatch can publish to an encrypted topic only if the key's policy allows it. */
const topicResources = (address, key) => ({
  Notifications: {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: ownTopic, ...(key && { KmsMasterKeyId: key }) },
  },
  NotificationsByMail: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Notifications' }, Protocol: 'email', Endpoint: address },
  },
  NotificationsPolicy: {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [{ Ref: 'Notifications' }],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow', // the function needs no statement here: its role allows it
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: { Ref: 'Notifications' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: { Ref: 'Notifications' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  },
});

module.exports = {
  whomToNotify,
  arnOf,
  topicResources,
  /** For serverless.yml. */
  async topic({ resolveVariable }) {
    return arnOf(whomToNotify(await resolveVariable('param:notify')));
  },
};
