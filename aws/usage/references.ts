import {
  DescribeImageReferencesCommand,
  DescribeInstancesCommand,
  EC2Client,
  type ImageReference,
  type ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { allVersions, type InstanceUse } from '../../core/usage/uses.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { fromTags } from '../tags.ts';

/** What EC2 takes at once: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageReferences.html */
export const mostReferenced = 10;

/** The kinds of resources that EC2 looks for in one call. A missing permission for one kind does not hide the others. */
const resourceTypes: Record<'templates' | 'parameters' | 'recipes', ResourceTypeRequest[]> = {
  templates: [
    {
      ResourceType: 'ec2:LaunchTemplate',
      ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [String(allVersions)] }],
    },
  ],
  parameters: [{ ResourceType: 'ssm:Parameter' }],
  recipes: [{ ResourceType: 'imagebuilder:ImageRecipe' }, { ResourceType: 'imagebuilder:ContainerRecipe' }],
};

/** A parameter's name in its ARN has no slash before it. Only a name of several parts certainly begins with one. */
const parameterIn = (arn: string): string => {
  const name = arn.replace(/^[^/]*:parameter\//, '');
  return name.includes('/') ? `/${name}` : name;
};

const nameOf: Record<keyof typeof resourceTypes, (arn: string) => string> = {
  templates: (arn) => arn.replace(/^.*\//, ''),
  parameters: parameterIn,
  recipes: (arn) => arn,
};

/** The resources of the account that name some of at most ten AMIs, by AMI. */
export async function referencesOf(
  aws: Connection,
  region: string,
  amis: string[],
  kind: keyof typeof resourceTypes,
): Promise<(ami: string) => string[]> {
  const ec2 = aws.client(EC2Client, region);
  const ResourceTypes = resourceTypes[kind];
  const found: ImageReference[] = await ask(
    { action: 'ec2:DescribeImageReferences', region, about: `${kind} with ${amis.join(', ')}` },
    () =>
      everyPage(
        (NextToken) => ec2.send(new DescribeImageReferencesCommand({ ImageIds: amis, ResourceTypes, NextToken })),
        ({ ImageReferences }) => ImageReferences,
      ),
  );
  return (ami) => [...new Set(found.filter(({ ImageId }) => ImageId === ami).map(({ Arn = '' }) => nameOf[kind](Arn)))];
}

/** Instances of the account that were launched from some of at most 200 AMIs and still exist, by AMI. */
export async function instancesOfImages(
  aws: Connection,
  region: string,
  amis: string[],
): Promise<(ami: string) => InstanceUse[]> {
  const ec2 = aws.client(EC2Client, region);
  const Filters = [
    { Name: 'image-id', Values: amis },
    { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
  ];
  const reservations = await ask(
    { action: 'ec2:DescribeInstances', region, about: `instances of ${amis.join(', ')}` },
    () =>
      everyPage(
        (NextToken) => ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1000, NextToken })),
        ({ Reservations }) => Reservations,
      ),
  );
  const all = reservations.flatMap(({ Instances = [] }) => Instances);
  return (ami) =>
    all.flatMap(({ ImageId, InstanceId, State, Tags }) => {
      if (ImageId !== ami || InstanceId === undefined) return [];
      // https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
      const group = fromTags(Tags)['aws:autoscaling:groupName'];
      return [{ instance: InstanceId, state: State?.Name ?? 'unknown', ...(group !== undefined && { group }) }];
    });
}
