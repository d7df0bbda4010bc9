import type { DescribeImageReferencesRequest, ResourceTypeOption } from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { page, refuseDryRun, strict } from '../../calls/strict.ts';
import { partitionIn } from '../../partition.ts';
import type { Region } from '../../state/region.ts';
import type { StoredTemplate } from '../../state/launch-templates.ts';
import type { World } from '../../state/world.ts';
import { paginate } from '../pagination.ts';

const options = 'ResourceTypes.ResourceTypeOptions.OptionName ResourceTypes.ResourceTypeOptions.OptionValues';
const states = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped'];

/** Whether one of the newest versions of a launch template has the AMI. */
export const isInVersions = ({ versions }: Pick<StoredTemplate, 'versions'>, image: string, depth: number): boolean =>
  versions.slice(-depth).some(({ data }) => data['ImageId'] === image);

type Finder = (region: Region, caller: Caller, image: string, given: Map<string, string[]>) => string[];

/**
 * The kinds of resources that EC2 looks through. It does not say which parameters it reads, so the simulator finds only those of the
 * data type for AMIs. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-ami-references.html
 */
const finders: Record<string, Finder> = {
  'ec2:Instance': (region, { account }, image, given) => {
    const wanted = given.get('state-name') ?? states;
    return [...region.instances.values()]
      .filter((one) => one.owner === account && one.image === image && wanted.includes(one.state))
      .map(({ id }) => `ec2 instance/${id}`);
  },
  'ec2:LaunchTemplate': (region, { account }, image, given) => {
    const depth = Number(given.get('version-depth')?.[0] ?? 10);
    return [...region.launchTemplates.values()]
      .filter((one) => one.owner === account && isInVersions(one, image, depth))
      .map(({ id }) => `ec2 launch-template/${id}`);
  },
  'ssm:Parameter': (region, { account }, image) =>
    [...region.parameters.values()]
      .filter(({ owner }) => owner === account)
      .filter(({ versions }) => versions.at(-1)?.dataType === 'aws:ec2:image' && versions.at(-1)?.value === image)
      .map(({ name }) => `ssm parameter/${name.replace(/^\//, '')}`),
  'imagebuilder:ImageRecipe': (region, caller, image) => recipesOf(region, caller, image, ':image-recipe/'),
  'imagebuilder:ContainerRecipe': (region, caller, image) => recipesOf(region, caller, image, ':container-recipe/'),
};

const recipesOf = ({ imageRecipes }: Region, { account }: Caller, image: string, kind: string): string[] =>
  [...imageRecipes].flatMap(([arn, one]) =>
    one.owner === account && one.image === image && arn.includes(kind) ? [arn] : [],
  );

/** @throws ApiError for an option that the kind does not have, or a value that the option does not take. */
function optionsOf(type: string, list: ResourceTypeOption[] = []): Map<string, string[]> {
  const known: Record<string, [name: string, takes: RegExp]> = {
    'ec2:Instance': ['state-name', new RegExp(`^(${states.join('|')})$`)],
    'ec2:LaunchTemplate': ['version-depth', /^([1-9]\d{0,3}|10000)$/],
  };
  const [name, takes] = known[type] ?? [];
  for (const { OptionName, OptionValues = [] } of list)
    if (OptionName !== name || OptionValues.length === 0 || !OptionValues.every((value) => takes?.test(value)))
      throw new ApiError('InvalidParameterValue', `${OptionName} ${OptionValues.join(', ')} is no option of ${type}`);
  return new Map(list.map(({ OptionName = '', OptionValues = [] }) => [OptionName, OptionValues]));
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageReferences.html, which does not say how long a page is. */
export const referenceActions = (world: World): Actions => ({
  DescribeImageReferences: strict(
    'ec2:DescribeImageReferences',
    `ImageIds IncludeAllResourceTypes ResourceTypes.ResourceType ${options} ${page} DryRun`,
    (input: DescribeImageReferencesRequest, caller) => {
      const { ImageIds = [], IncludeAllResourceTypes = false, ResourceTypes = [] } = input;
      if (ImageIds.length < 1 || ImageIds.length > 10)
        throw new ApiError('InvalidParameterValue', 'ImageId must have 1 to 10 members');
      if (!IncludeAllResourceTypes && ResourceTypes.length === 0)
        throw new ApiError('MissingParameter', 'Either IncludeAllResourceTypes or ResourceTypes must be specified');
      const asked = new Map<string, ResourceTypeOption[] | undefined>(
        IncludeAllResourceTypes ? Object.keys(finders).map((type) => [type, undefined]) : [],
      );
      for (const { ResourceType = '', ResourceTypeOptions } of ResourceTypes)
        asked.set(ResourceType, ResourceTypeOptions);
      refuseDryRun(input);
      const region = world.region(caller.region);
      const found = ImageIds.flatMap((ImageId) =>
        [...asked].flatMap(([type, given]) => {
          const find = finders[type];
          if (!find) throw new ApiError('InvalidParameterValue', `${type} is no resource type`);
          return find(region, caller, ImageId, optionsOf(type, given)).map((ResourceArn) => ({
            ImageId,
            ResourceType: type,
            Arn: arnOf(ResourceArn, caller),
          }));
        }),
      );
      const { items, NextToken } = paginate(found, input, { min: 5, max: 1000, byDefault: 20 });
      return { ImageReferences: items, NextToken };
    },
  ),
});

function arnOf(resource: string, { region, account }: Caller): string {
  if (resource.startsWith('arn:')) return resource;
  const [service, name] = resource.split(/ (.*)/);
  return `arn:${partitionIn(region)}:${service}:${region}:${account}:${name}`;
}
