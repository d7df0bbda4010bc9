import type {
  AddTagsToResourceRequest,
  DeleteParameterRequest,
  GetParameterRequest,
  GetParametersByPathRequest,
  GetParametersRequest,
  ListTagsForResourceRequest,
  PutParameterRequest,
} from '@aws-sdk/client-ssm';
import { ApiError, type Actions, type Caller } from '../actions.ts';
import { canLaunch } from '../ec2/images.ts';
import { paginate } from '../ec2/pagination.ts';
import { required, strict } from '../strict.ts';
import type { Region, World } from '../world.ts';

interface Version {
  version: number;
  value: string;
  type: string;
  dataType: string;
  tier: string;
  description: string;
  at: number;
}

export interface Parameter {
  name: string;
  owner: string;
  tags: Map<string, string>;
  /** The highest number given out; a version whose image was refused leaves a gap. */
  last: number;
  /** Writes that still wait for their image to be looked at. */
  pending: number;
  /** In effect, oldest first. */
  versions: Version[];
}

const notFound = (name: string) => new ApiError('ParameterNotFound', `Parameter ${name} not found.`);

/** A parameter by name or ARN, with the version `name:3` asks for, else the newest. */
function find(
  region: Region,
  caller: Caller,
  reference: string,
): { parameter: Parameter; version: Version; selector: string | undefined } | undefined {
  const [, path = reference, selector] = /^(?:arn:aws:ssm:[^:]+:\d*:parameter)?([^:]+)(:\d+)?$/.exec(reference) ?? [];
  const parameter = region.parameters.get(`${path.startsWith('/aws/') ? 'aws' : caller.account} ${path}`);
  const version = parameter?.versions.findLast((each) => selector === undefined || `:${each.version}` === selector);
  return parameter && version ? { parameter, version, selector } : undefined;
}

export function parameterActions(world: World): Actions {
  const described = (caller: Caller, found: NonNullable<ReturnType<typeof find>>, decrypt = false) => {
    const { parameter, version, selector } = found;
    const account = parameter.owner === 'aws' ? '' : parameter.owner;
    return {
      Name: parameter.name,
      ARN: `arn:aws:ssm:${caller.region}:${account}:parameter${parameter.name.startsWith('/') ? '' : '/'}${parameter.name}`,
      Type: version.type,
      Value:
        version.type === 'SecureString' && !decrypt ? Buffer.from(version.value).toString('base64') : version.value,
      Version: version.version,
      Selector: selector,
      DataType: version.dataType,
      LastModifiedDate: new Date(version.at),
    };
  };
  const own = (caller: Caller, name = '') => {
    const parameter = world.region(caller.region).parameters.get(`${caller.account} ${name}`);
    if (!parameter || parameter.versions.length === 0) throw notFound(name);
    return parameter;
  };
  return {
    GetParameter: strict('ssm:GetParameter', 'Name WithDecryption', (input: GetParameterRequest, caller) => {
      const name = required(input.Name, 'Name', 'ValidationException');
      const found = find(world.region(caller.region), caller, name);
      if (!found) throw notFound(name);
      return { Parameter: described(caller, found, input.WithDecryption) };
    }),
    GetParameters: strict('ssm:GetParameters', 'Names WithDecryption', (input: GetParametersRequest, caller) => {
      const names = input.Names ?? [];
      if (names.length < 1 || names.length > 10)
        throw new ApiError('ValidationException', 'Names must have 1 to 10 members');
      const all = names.map((name) => ({ name, found: find(world.region(caller.region), caller, name) }));
      return {
        Parameters: all.flatMap(({ found }) => (found ? [described(caller, found, input.WithDecryption)] : [])),
        InvalidParameters: all.flatMap(({ name, found }) => (found ? [] : [name])),
      };
    }),
    GetParametersByPath: strict(
      'ssm:GetParametersByPath',
      'Path Recursive WithDecryption MaxResults NextToken',
      (input: GetParametersByPathRequest, caller) => {
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
      },
    ),
    PutParameter: strict(
      'ssm:PutParameter',
      'Name Value Type DataType Overwrite Description Tier Tags.Key Tags.Value',
      (input: PutParameterRequest, caller) => putParameter(world, input, caller),
    ),
    DeleteParameter: strict('ssm:DeleteParameter', 'Name', (input: DeleteParameterRequest, caller) => {
      const parameter = own(caller, input.Name);
      world.region(caller.region).parameters.delete(`${caller.account} ${parameter.name}`);
      return {};
    }),
    AddTagsToResource: strict(
      'ssm:AddTagsToResource',
      'ResourceType ResourceId Tags.Key Tags.Value',
      (input: AddTagsToResourceRequest, caller) => {
        const parameter = taggable(caller, input.ResourceType, input.ResourceId);
        for (const { Key = '', Value = '' } of input.Tags ?? []) parameter.tags.set(Key, Value);
        return {};
      },
    ),
    ListTagsForResource: strict(
      'ssm:ListTagsForResource',
      'ResourceType ResourceId',
      (input: ListTagsForResourceRequest, caller) => {
        const { tags } = taggable(caller, input.ResourceType, input.ResourceId);
        return { TagList: [...tags].map(([Key, Value]) => ({ Key, Value })) };
      },
    ),
  };
  function taggable(caller: Caller, type: string | undefined, id: string | undefined): Parameter {
    if (type !== 'Parameter') throw new Error(`the simulator does not implement tags of SSM's ${type}`);
    const parameter = world.region(caller.region).parameters.get(`${caller.account} ${id}`);
    if (!parameter) throw new ApiError('InvalidResourceId', `The resource ID ${id} is not valid`);
    return parameter;
  }
}

function putParameter(world: World, input: PutParameterRequest, caller: Caller) {
  const region = world.region(caller.region);
  const { Name = '', Value = '', DataType = 'text', Overwrite = false, Tags = [], Tier = 'Standard' } = input;
  const invalid = (message: string) => new ApiError('ValidationException', message);
  if (/^\/?(aws|ssm)/i.test(Name))
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(Name) || (Name.includes('/') && !Name.startsWith('/'))) {
    throw invalid('Parameter name must be a fully qualified name.');
  }
  if (Overwrite && Tags.length > 0) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (Value === '' || Value.length > (Tier === 'Advanced' ? 8192 : 4096)) {
    throw invalid(`The value of a ${Tier} parameter must have 1 to ${Tier === 'Advanced' ? 8192 : 4096} characters.`);
  }
  if (!['text', 'aws:ec2:image'].includes(DataType)) throw invalid(`The data type ${DataType} is not supported.`);
  if (DataType === 'aws:ec2:image' && !/^ami-[0-9a-f]{8,17}$/.test(Value))
    throw invalid(`${Value} is not the form of an AMI id.`);
  const key = `${caller.account} ${Name}`;
  const known = region.parameters.get(key);
  if (known && !Overwrite) {
    throw new ApiError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = input.Type ?? known?.versions.at(-1)?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  const tags = new Map(Tags.map(({ Key = '', Value: value = '' }) => [Key, value]));
  const parameter = known ?? { name: Name, owner: caller.account, tags, last: 0, pending: 0, versions: [] };
  region.parameters.set(key, parameter);
  const description = input.Description ?? parameter.versions.at(-1)?.description ?? '';
  const version = {
    version: ++parameter.last,
    value: Value,
    type,
    dataType: DataType,
    tier: Tier,
    description,
    at: world.clock.now(),
  };
  const takeEffect = () => {
    parameter.versions = [...parameter.versions, version].sort((a, b) => a.version - b.version).slice(-100);
  };
  if (DataType === 'text') takeEffect();
  else {
    // The call is answered before the image is looked at; a bad id shows only in an event, and in the value never changing.
    parameter.pending += 1;
    world.after(world.delays.draw('parameterValidation', { resource: Name, region: region.name }), () => {
      parameter.pending -= 1;
      const image = region.images.get(Value);
      if (image?.state === 'available' && canLaunch(image, caller.account)) takeEffect();
      else if (parameter.pending === 0 && parameter.versions.length === 0) region.parameters.delete(key);
    });
  }
  return { Version: version.version, Tier };
}
