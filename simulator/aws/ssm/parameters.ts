import { partitionIn } from '../partition.ts';
import type {
  AddTagsToResourceRequest,
  DeleteParameterRequest,
  DescribeParametersRequest,
  GetParameterHistoryRequest,
  GetParameterRequest,
  GetParametersByPathRequest,
  GetParametersRequest,
  ListTagsForResourceRequest,
  PutParameterRequest,
} from '@aws-sdk/client-ssm';
import { ApiError, type Actions, type Caller } from '../calls/actions.ts';
import { paginate } from '../ec2/pagination.ts';
import { parameterChange } from '../events/events.ts';
import { required, strict } from '../calls/strict.ts';
import { describeParameters } from './describe-parameters.ts';
import { putParameter } from './put-parameter.ts';
import type { Region } from '../state/region.ts';
import type { World } from '../state/world.ts';
import type { Version, Parameter } from '../state/parameters.ts';

const notFound = (name: string) => new ApiError('ParameterNotFound', `Parameter ${name} not found.`);

/** A parameter by name or ARN, in the version of `name:3` or else the newest. */
function find(
  region: Region,
  caller: Caller,
  reference: string,
): { parameter: Parameter; version: Version; selector: string | undefined } | undefined {
  const [, path = reference, selector] =
    /^(?:arn:[\w-]+:ssm:[^:]+:\d*:parameter)?([^:]+)(:\d+)?$/.exec(reference) ?? [];
  const parameter = region.parameters.get(`${path.startsWith('/aws/') ? 'aws' : caller.account} ${path}`);
  const version = parameter?.versions.findLast((each) => selector === undefined || `:${each.version}` === selector);
  return parameter && version ? { parameter, version, selector } : undefined;
}

export function parameterActions(world: World): Actions {
  return {
    GetParameter: strict('ssm:GetParameter', 'Name WithDecryption', (input: GetParameterRequest, caller) =>
      getParameter(world, input, caller),
    ),
    GetParameters: strict('ssm:GetParameters', 'Names WithDecryption', (input: GetParametersRequest, caller) =>
      getParameters(world, input, caller),
    ),
    GetParameterHistory: strict(
      'ssm:GetParameterHistory',
      'Name MaxResults NextToken',
      (input: GetParameterHistoryRequest, caller) => getParameterHistory(world, input, caller),
    ),
    GetParametersByPath: strict(
      'ssm:GetParametersByPath',
      'Path Recursive WithDecryption MaxResults NextToken',
      (input: GetParametersByPathRequest, caller) => getParametersByPath(world, input, caller),
    ),
    PutParameter: strict(
      'ssm:PutParameter',
      'Name Value Type DataType Overwrite Description Tier Tags.Key Tags.Value',
      (input: PutParameterRequest, caller) => putParameter(world, input, caller),
    ),
    DeleteParameter: strict('ssm:DeleteParameter', 'Name', (input: DeleteParameterRequest, caller) =>
      deleteParameter(world, input, caller),
    ),
    DescribeParameters: strict(
      'ssm:DescribeParameters',
      'ParameterFilters.Key ParameterFilters.Option ParameterFilters.Values MaxResults NextToken',
      (input: DescribeParametersRequest, caller) => describeParameters(world, input, caller),
    ),
    AddTagsToResource: strict(
      'ssm:AddTagsToResource',
      'ResourceType ResourceId Tags.Key Tags.Value',
      (input: AddTagsToResourceRequest, caller) => addTagsToResource(world, input, caller),
    ),
    ListTagsForResource: strict(
      'ssm:ListTagsForResource',
      'ResourceType ResourceId',
      (input: ListTagsForResourceRequest, caller) => listTagsForResource(world, input, caller),
    ),
  };
}

function getParameter(world: World, input: GetParameterRequest, caller: Caller) {
  const name = required(input.Name, 'Name', 'ValidationException');
  const found = find(world.region(caller.region), caller, name);
  if (!found) throw notFound(name);
  return { Parameter: described(caller, found, input.WithDecryption) };
}

function getParameters(world: World, input: GetParametersRequest, caller: Caller) {
  const names = input.Names ?? [];
  if (names.length < 1 || names.length > 10)
    throw new ApiError('ValidationException', 'Names must have 1 to 10 members');
  const all = names.map((name) => ({ name, found: find(world.region(caller.region), caller, name) }));
  return {
    Parameters: all.flatMap(({ found }) => (found ? [described(caller, found, input.WithDecryption)] : [])),
    InvalidParameters: all.flatMap(({ name, found }) => (found ? [] : [name])),
  };
}

function getParametersByPath(world: World, input: GetParametersByPathRequest, caller: Caller) {
  const region = world.region(caller.region);
  const path = `${required(input.Path, 'Path', 'ValidationException').replace(/\/$/, '')}/`;
  const names = [...region.parameters.values()]
    .filter((each) => each.owner === 'aws' || each.owner === caller.account)
    .map((each) => each.name)
    .filter((name) => name.startsWith(path) && (input.Recursive || !name.slice(path.length).includes('/')))
    .sort();
  const { items, NextToken } = paginate(names, input, { max: 10, byDefault: 10, error: 'ValidationException' });
  const found = items.flatMap((name) => find(region, caller, name) ?? []);
  return { Parameters: found.map((each) => described(caller, each, input.WithDecryption)), NextToken };
}

/** Every version that is kept, oldest first. Only the history shows the description of a version. */
function getParameterHistory(world: World, input: GetParameterHistoryRequest, caller: Caller) {
  const { versions, name } = own(world, caller, input.Name);
  const { items, NextToken } = paginate(versions, input, { max: 50, byDefault: 50, error: 'ValidationException' });
  const Parameters = items.map(({ version, value, type, dataType, tier, description, at }) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    DataType: dataType,
    Tier: tier,
    Description: description || undefined,
    LastModifiedDate: new Date(at),
  }));
  return { Parameters, NextToken };
}

function deleteParameter(world: World, input: DeleteParameterRequest, caller: Caller) {
  const parameter = own(world, caller, input.Name);
  world.region(caller.region).parameters.delete(`${caller.account} ${parameter.name}`);
  const { type, description } = parameter.versions.at(-1)!;
  world.emit(parameterChange(caller, { operation: 'Delete', name: parameter.name, type, description }));
  return {};
}

function addTagsToResource(world: World, input: AddTagsToResourceRequest, caller: Caller) {
  const parameter = taggable(world, caller, input.ResourceType, input.ResourceId);
  for (const { Key = '', Value = '' } of input.Tags ?? []) parameter.tags.set(Key, Value);
  return {};
}

function listTagsForResource(world: World, input: ListTagsForResourceRequest, caller: Caller) {
  const { tags } = taggable(world, caller, input.ResourceType, input.ResourceId);
  return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
}

function described(caller: Caller, found: NonNullable<ReturnType<typeof find>>, decrypt = false) {
  const { parameter, version, selector } = found;
  const account = parameter.owner === 'aws' ? '' : parameter.owner;
  return {
    Name: parameter.name,
    ARN: `arn:${partitionIn(caller.region)}:ssm:${caller.region}:${account}:parameter${parameter.name.startsWith('/') ? '' : '/'}${parameter.name}`,
    Type: version.type,
    Value: version.type === 'SecureString' && !decrypt ? Buffer.from(version.value).toString('base64') : version.value,
    Version: version.version,
    Selector: selector,
    DataType: version.dataType,
    LastModifiedDate: new Date(version.at),
  };
}

function own(world: World, caller: Caller, name = ''): Parameter {
  const parameter = world.region(caller.region).parameters.get(`${caller.account} ${name}`);
  if (!parameter || parameter.versions.length === 0) throw notFound(name);
  return parameter;
}

function taggable(world: World, caller: Caller, type: string | undefined, id: string | undefined): Parameter {
  if (type !== 'Parameter') throw new Error(`the simulator does not implement tags of SSM's ${type}`);
  const parameter = world.region(caller.region).parameters.get(`${caller.account} ${id}`);
  if (!parameter) throw new ApiError('InvalidResourceId', `The resource ID ${id} is not valid`);
  return parameter;
}

/** Sets a parameter without the API: AWS's own under `/aws/`, the account's under other names. */
export function setParameter(
  world: World,
  regionName: string,
  account: string,
  name: string,
  value: string,
  { type = 'String', key }: { type?: string; key?: string | undefined } = {},
): void {
  const { parameters } = world.region(regionName);
  const owner = name.startsWith('/aws/') ? 'aws' : account;
  const known = parameters.get(`${owner} ${name}`) ?? {
    name,
    owner,
    tags: new Map(),
    last: 0,
    pending: 0,
    versions: [],
  };
  const version = known.last + 1;
  const at = world.clock.now();
  const next = { version, value, type, dataType: 'text', tier: 'Standard', description: '', at, key };
  parameters.set(`${owner} ${name}`, { ...known, last: version, versions: [...known.versions, next] });
  world.views.settle(regionName);
}
