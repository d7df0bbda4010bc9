import type { DescribeParametersRequest } from '@aws-sdk/client-ssm';
import { ApiError, type Caller } from '../calls/actions.ts';
import { paginate } from '../ec2/pagination.ts';
import { partitionIn } from '../partition.ts';
import type { World } from '../state/world.ts';

/**
 * Parameters of the account by their names, without their values. Only the newest version is shown.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
 */
export function describeParameters(world: World, input: DescribeParametersRequest, { account, region }: Caller) {
  const [filter, ...others] = input.ParameterFilters ?? [];
  if (filter?.Key !== 'Name' || others.length > 0 || (filter.Option ?? 'Equals') !== 'Equals')
    throw new Error('the simulator implements only the filter Name of ssm:DescribeParameters, with Equals');
  const { Values: names = [] } = filter;
  if (names.length < 1 || names.length > 50)
    throw new ApiError('ValidationException', 'Values of a filter must have 1 to 50 members');
  const { parameters } = world.region(region);
  const own = names.flatMap((name) => parameters.get(`${account} ${name}`) ?? []);
  const { items, NextToken } = paginate(own, input, { max: 50, byDefault: 10, error: 'ValidationException' });
  const Parameters = items.flatMap(({ name, versions }) => {
    const newest = versions.at(-1);
    if (!newest) return [];
    const { type, version, tier, dataType, at, key = 'alias/aws/ssm' } = newest;
    return {
      Name: name,
      ARN: `arn:${partitionIn(region)}:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
      Type: type,
      ...(type === 'SecureString' && { KeyId: key }),
      Version: version,
      Tier: tier,
      DataType: dataType,
      LastModifiedDate: new Date(at),
    };
  });
  return { Parameters, NextToken };
}
