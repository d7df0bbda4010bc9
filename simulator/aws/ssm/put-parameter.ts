import type { PutParameterRequest } from '@aws-sdk/client-ssm';
import { ApiError, type Caller } from '../calls/actions.ts';
import { parameterChange } from '../events/events.ts';
import type { World } from '../state/world.ts';
import type { Region } from '../state/region.ts';
import type { Parameter, Version } from '../state/parameters.ts';
import { canLaunch } from '../ec2/images/sharing.ts';

/** Writes a new version. A version of data type aws:ec2:image takes effect only after its image has been checked. */
export function putParameter(world: World, input: PutParameterRequest, caller: Caller) {
  refuseBadInput(input);
  const { Name = '', Value = '', DataType = 'text', Overwrite = false, Tags = [], Tier = 'Standard' } = input;
  const region = world.region(caller.region);
  const key = `${caller.account} ${Name}`;
  const known = region.parameters.get(key);
  if (known && !Overwrite) {
    throw new ApiError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const former = known?.versions.at(-1)?.type;
  const type = input.Type ?? former;
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
  if (former !== undefined && former !== type)
    throw new ApiError('HierarchyTypeMismatchException', `The type of ${Name} is ${former} and cannot be changed.`);
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  const tags = new Map(Tags.map(({ Key = '', Value: value = '' }) => [Key, value]));
  const parameter = known ?? { name: Name, owner: caller.account, tags, last: 0, pending: 0, versions: [] };
  region.parameters.set(key, parameter);
  const version: Version = {
    version: ++parameter.last,
    value: Value,
    type,
    dataType: DataType,
    tier: Tier,
    description: input.Description ?? parameter.versions.at(-1)?.description ?? '',
    at: world.clock.now(),
  };
  const writing = { world, caller, region, parameter, version, operation: known ? 'Update' : 'Create' } as const;
  if (DataType === 'text') takeEffect(writing);
  else checkImage(writing);
  return { Version: version.version, Tier };
}

/** A new version of a parameter that is not in effect yet. */
interface Writing {
  world: World;
  caller: Caller;
  region: Region;
  parameter: Parameter;
  version: Version;
  operation: 'Create' | 'Update';
}

function takeEffect({ world, caller, parameter, version, operation }: Writing): void {
  parameter.versions = [...parameter.versions, version].sort((a, b) => a.version - b.version).slice(-100);
  const { type, description } = version;
  world.emit(parameterChange(caller, { operation, name: parameter.name, type, description }));
}

/** The call returns before the image is checked. A bad id causes only an event, and the value never changes. */
function checkImage(writing: Writing): void {
  const { world, caller, region, parameter, version, operation } = writing;
  const { value, type, dataType } = version;
  const { name } = parameter;
  parameter.pending += 1;
  world.after(world.delays.draw('parameterValidation', { resource: name, region: region.name }), () => {
    parameter.pending -= 1;
    const image = region.images.get(value);
    if (image?.state === 'available' && canLaunch(image, caller.account)) return takeEffect(writing);
    const exception = 'Unable to Describe Resource';
    world.emit(parameterChange(caller, { exception, dataType, name, type, operation }));
    if (parameter.pending === 0 && parameter.versions.length === 0)
      region.parameters.delete(`${caller.account} ${name}`);
  });
}

const invalid = (message: string) => new ApiError('ValidationException', message);

function refuseBadInput(input: PutParameterRequest): void {
  const { Name = '', Value = '', DataType = 'text', Overwrite = false, Tags = [], Tier = 'Standard' } = input;
  if (/^\/?(aws|ssm)/i.test(Name))
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(Name) || (Name.includes('/') && !Name.startsWith('/'))) {
    throw invalid('Parameter name must be a fully qualified name.');
  }
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
  if (Name.split('/').filter(Boolean).length > 15)
    throw new ApiError('HierarchyLevelLimitExceededException', 'A hierarchy can have a maximum of 15 levels.');
  if (Name.length > 1011) throw invalid('Parameter name must have at most 1011 characters.');
  if (Overwrite && Tags.length > 0) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (Value === '' || Value.length > (Tier === 'Advanced' ? 8192 : 4096)) {
    throw invalid(`The value of a ${Tier} parameter must have 1 to ${Tier === 'Advanced' ? 8192 : 4096} characters.`);
  }
  if ((input.Description ?? '').length > 1024)
    throw invalid('Parameter description must have at most 1024 characters.');
  if (!['text', 'aws:ec2:image'].includes(DataType)) throw invalid(`The data type ${DataType} is not supported.`);
  if (DataType === 'aws:ec2:image' && !/^ami-[0-9a-f]{8,17}$/.test(Value))
    throw invalid(`${Value} is not the form of an AMI id.`);
}
