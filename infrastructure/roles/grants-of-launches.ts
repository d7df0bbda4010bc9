// What RunInstances may launch, and from and into what.
import { arn, getArn } from '../cloudformation.ts';
import { here, imageHere, madeByUs, taggedAsOurs, type Condition, type Grant } from './policies.ts';

/** Instances must have our tags, the builder's profile and IMDSv2. A candidate must come from an image of ours. */
const launches = (imageCondition?: Condition, more: Grant[] = []): Grant[] => [
  ...more,
  { Resource: imageHere, ...(imageCondition && { Condition: imageCondition }) },
  {
    Resource: here('instance'),
    Condition: {
      ...taggedAsOurs,
      ArnEquals: {
        'ec2:InstanceProfile': [
          getArn('BuilderProfile'),
          arn('iam::${AWS::AccountId}:instance-profile/${AWS::StackName}/builders/*'),
        ],
      },
      StringEquals: { 'ec2:MetadataHttpTokens': 'required' },
    },
  },
  { Resource: [here('volume'), here('network-interface')], Condition: taggedAsOurs },
  // a network that another account shares belongs to that account
  { Resource: [arn('ec2:${AWS::Region}:*:subnet/*'), arn('ec2:${AWS::Region}:*:security-group/*')] },
  // shared placement groups, license configurations and host resource groups belong to other accounts, too
  {
    Resource: [
      arn('ec2:${AWS::Region}:*:placement-group/*'),
      arn('license-manager:${AWS::Region}:*:license-configuration:*'),
      arn('resource-groups:${AWS::Region}:*:group/*'),
    ],
  },
];

/** By function: the builder is launched by one, the candidate by the other. */
export const grantsOfLaunches = {
  // only a builder can be a Spot Instance
  launch: launches(undefined, [{ Resource: here('spot-instances-request'), Condition: taggedAsOurs }]),
  // only a candidate has a key pair
  launchCandidate: launches(madeByUs, [{ Resource: here('key-pair') }]),
};
