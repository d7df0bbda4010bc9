import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateVersionRequest,
  DeleteLaunchTemplateVersionsRequest,
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplateVersionsRequest,
  ModifyLaunchTemplateRequest,
} from '@aws-sdk/client-ec2';
import { ApiError, type Actions, type Caller } from '../../calls/actions.ts';
import { filters, page, required, strict, tagSpecificationParameters, refuseDryRun } from '../../calls/strict.ts';
import type { StoredTemplate } from '../../state/launch-templates.ts';
import type { Region } from '../../state/region.ts';
import type { World } from '../../state/world.ts';
import { selectByFilters } from '../filters.ts';
import { paginate } from '../pagination.ts';
import { specifiedTags, tagList } from '../tags.ts';
import { onceByToken } from './tokens.ts';

interface Named {
  LaunchTemplateId?: string | undefined;
  LaunchTemplateName?: string | undefined;
}
const names = 'LaunchTemplateId LaunchTemplateName';

/**
 * Launch templates and their versions. A new version inherits from the version that it names, and numbers are never used again:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
 */
export const launchTemplateActions = (world: World): Actions => ({
  CreateLaunchTemplate: strict(
    'ec2:CreateLaunchTemplate',
    `LaunchTemplateName VersionDescription ClientToken LaunchTemplateData.ImageId LaunchTemplateData.InstanceType ${tagSpecificationParameters}`,
    (input: CreateLaunchTemplateRequest, caller) => ({ LaunchTemplate: described(createOnce(world, input, caller)) }),
  ),
  CreateLaunchTemplateVersion: strict(
    'ec2:CreateLaunchTemplateVersion',
    `DryRun ${names} SourceVersion VersionDescription ClientToken LaunchTemplateData.ImageId LaunchTemplateData.InstanceType`,
    (input: CreateLaunchTemplateVersionRequest, caller) => {
      const region = world.region(caller.region);
      const template = named(region, caller, input);
      refuseDryRun(input);
      const make = () => String(addVersion(world, template, input));
      const number = Number(onceByToken(region, caller, 'CreateLaunchTemplateVersion', input, make));
      const version = template.versions.find((one) => one.number === number);
      // EC2 does not document its answer to the token of a version that was deleted since.
      if (!version) throw noVersion(template, String(number));
      return { LaunchTemplateVersion: describedVersion(template, version) };
    },
  ),
  DescribeLaunchTemplates: strict(
    'ec2:DescribeLaunchTemplates',
    `LaunchTemplateIds LaunchTemplateNames`,
    ({ LaunchTemplateIds = [], LaunchTemplateNames = [] }: DescribeLaunchTemplatesRequest, caller) => {
      const region = world.region(caller.region);
      const found = [
        ...LaunchTemplateIds.map((LaunchTemplateId) => named(region, caller, { LaunchTemplateId })),
        ...LaunchTemplateNames.map((LaunchTemplateName) => named(region, caller, { LaunchTemplateName })),
      ];
      return { LaunchTemplates: found.map(described) };
    },
  ),
  DescribeLaunchTemplateVersions: strict(
    'ec2:DescribeLaunchTemplateVersions',
    `${names} Versions ${filters} ${page}`,
    (input: DescribeLaunchTemplateVersionsRequest, caller) => {
      const template = named(world.region(caller.region), caller, input);
      const asked = input.Versions?.map((version) => versionOf(template, version));
      const all = (asked ?? template.versions).map((version) => ({ ...version, tags: new Map<string, string>() }));
      const matching = selectByFilters(all, input.Filters, { 'image-id': ({ data }) => data['ImageId'] as string });
      const { items, NextToken } = paginate(matching, input, { max: 200 });
      return { LaunchTemplateVersions: items.map((version) => describedVersion(template, version)), NextToken };
    },
  ),
  ModifyLaunchTemplate: strict(
    'ec2:ModifyLaunchTemplate',
    `DryRun ${names} DefaultVersion ClientToken`,
    (input: ModifyLaunchTemplateRequest, caller) => setDefault(world, input, caller),
  ),
  DeleteLaunchTemplateVersions: strict(
    'ec2:DeleteLaunchTemplateVersions',
    `${names} Versions`,
    (input: DeleteLaunchTemplateVersionsRequest, caller) => deleteVersions(world, input, caller),
  ),
});

function setDefault(world: World, input: ModifyLaunchTemplateRequest, caller: Caller) {
  const template = named(world.region(caller.region), caller, input);
  const { number } = versionOf(template, required(input.DefaultVersion, 'SetDefaultVersion'));
  refuseDryRun(input);
  template.default = number;
  return { LaunchTemplate: described(template) };
}

function createOnce(world: World, input: CreateLaunchTemplateRequest, caller: Caller): StoredTemplate {
  const region = world.region(caller.region);
  const make = () => create(world, input, caller).id;
  return named(region, caller, { LaunchTemplateId: onceByToken(region, caller, 'CreateLaunchTemplate', input, make) });
}

function create(world: World, input: CreateLaunchTemplateRequest, caller: Caller): StoredTemplate {
  const region = world.region(caller.region);
  const name = required(input.LaunchTemplateName, 'LaunchTemplateName');
  if ([...region.launchTemplates.values()].some((one) => one.name === name && one.owner === caller.account))
    throw new ApiError('InvalidLaunchTemplateName.AlreadyExistsException', `Launch template name already in use.`);
  const now = world.clock.now();
  const data = { ...input.LaunchTemplateData };
  const template: StoredTemplate = {
    id: world.newId('lt', region.name),
    name,
    owner: caller.account,
    tags: specifiedTags(input.TagSpecifications, ['launch-template'])('launch-template'),
    createdAt: now,
    default: 1,
    latest: 1,
    versions: [{ number: 1, description: input.VersionDescription ?? '', data, createdAt: now }],
  };
  region.launchTemplates.set(template.id, template);
  return template;
}

function addVersion(world: World, template: StoredTemplate, input: CreateLaunchTemplateVersionRequest): number {
  const { VersionDescription: description = '', LaunchTemplateData, SourceVersion } = input;
  if (description.length > 255)
    throw new ApiError('InvalidParameterValue', 'A version description may have at most 255 characters.');
  const from = SourceVersion === undefined ? {} : versionOf(template, SourceVersion).data;
  const data = { ...from, ...LaunchTemplateData };
  template.latest += 1;
  template.versions.push({ number: template.latest, description, data, createdAt: world.clock.now() });
  return template.latest;
}

/** The API reference does not list a code for the default version, which EC2 does not delete. */
function deleteVersions(world: World, input: DeleteLaunchTemplateVersionsRequest, caller: Caller) {
  const template = named(world.region(caller.region), caller, input);
  const { id: LaunchTemplateId, name: LaunchTemplateName } = template;
  const answers = (input.Versions ?? []).map((text) => {
    const VersionNumber = Number(text);
    const about = { LaunchTemplateId, LaunchTemplateName, VersionNumber };
    const wrong = (Code: string, Message: string) => ({ ...about, ResponseError: { Code, Message } });
    if (VersionNumber === template.default)
      return wrong('unexpectedError', `You can't delete the default version of ${LaunchTemplateId}`);
    const known = template.versions.some(({ number }) => number === VersionNumber);
    if (!known) return wrong('launchTemplateVersionDoesNotExist', `There is no version ${text}`);
    template.versions = template.versions.filter(({ number }) => number !== VersionNumber);
    return about;
  });
  return {
    SuccessfullyDeletedLaunchTemplateVersions: answers.filter((one) => !('ResponseError' in one)),
    UnsuccessfullyDeletedLaunchTemplateVersions: answers.filter((one) => 'ResponseError' in one),
  };
}

function named(region: Region, caller: Caller, { LaunchTemplateId: id, LaunchTemplateName: name }: Named) {
  if ((id === undefined) === (name === undefined))
    throw new ApiError('InvalidParameterCombination', 'Name either LaunchTemplateId or LaunchTemplateName.');
  const template = [...region.launchTemplates.values()].find(
    (one) => one.owner === caller.account && (one.id === id || one.name === name),
  );
  if (template) return template;
  const code = id === undefined ? 'InvalidLaunchTemplateName.NotFoundException' : 'InvalidLaunchTemplateId.NotFound';
  throw new ApiError(code, `The launch template ${id ?? name} does not exist.`);
}

const noVersion = ({ id }: StoredTemplate, version: string) =>
  new ApiError(
    'InvalidLaunchTemplateId.VersionNotFound',
    `Could not find launch template version ${version} of ${id}.`,
  );

function versionOf(template: StoredTemplate, text: string) {
  const number = text === '$Default' ? template.default : text === '$Latest' ? template.latest : Number(text);
  const version = template.versions.find((one) => one.number === number);
  if (!version) throw noVersion(template, text);
  return version;
}

const described = ({ id, name, owner, tags, createdAt, default: standard, latest }: StoredTemplate) => ({
  LaunchTemplateId: id,
  LaunchTemplateName: name,
  CreateTime: new Date(createdAt),
  CreatedBy: `arn:aws:iam::${owner}:root`,
  DefaultVersionNumber: standard,
  LatestVersionNumber: latest,
  Tags: tagList(tags),
});

const describedVersion = (template: StoredTemplate, version: StoredTemplate['versions'][number]) => ({
  LaunchTemplateId: template.id,
  LaunchTemplateName: template.name,
  VersionNumber: version.number,
  VersionDescription: version.description || undefined,
  CreateTime: new Date(version.createdAt),
  DefaultVersion: version.number === template.default,
  LaunchTemplateData: version.data,
});
