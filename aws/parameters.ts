import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { inBatches } from '../core/batches.ts';
import { ask, everyPage } from './errors.ts';
import type { Connection } from './connection.ts';

/** Value of a Parameter Store parameter; undefined if there is none. */
export const readParameter = async (aws: Connection, region: string, name: string): Promise<string | undefined> =>
  (await readTypedParameter(aws, region, name))?.value;

/** A parameter with its type: `String`, `StringList` or `SecureString`. */
export async function readTypedParameter(
  aws: Connection,
  region: string,
  name: string,
): Promise<{ value: string; type: string } | undefined> {
  const answer = await ask(
    { action: 'ssm:GetParameter', region, about: name },
    () => aws.client(SSMClient, region).send(new GetParameterCommand({ Name: name })),
    { gone: () => undefined },
  );
  const { Value: value, Type: type = 'String' } = answer?.Parameter ?? {};
  return value === undefined ? undefined : { value, type };
}

// AWS's limit for one call.
const mostNames = 10;

/** Values of parameters by name. Those that do not exist are left out. */
export async function readParameters(aws: Connection, region: string, names: string[]): Promise<Map<string, string>> {
  const values = new Map<string, string>();
  for (const some of inBatches(names, mostNames)) {
    const { Parameters = [] } = await ask({ action: 'ssm:GetParameters', region, about: some.join(', ') }, () =>
      aws.client(SSMClient, region).send(new GetParametersCommand({ Names: some })),
    );
    for (const { Name = '', Value = '' } of Parameters) values.set(Name, Value);
  }
  return values;
}

/** Every parameter below a path. IAM checks the call against the path itself, without a trailing slash. */
export async function readParametersBelow(
  aws: Connection,
  region: string,
  path: string,
): Promise<{ name: string; value: string }[]> {
  const ssm = aws.client(SSMClient, region);
  const found = await ask({ action: 'ssm:GetParametersByPath', region, about: path }, () =>
    everyPage(
      (NextToken) =>
        ssm.send(new GetParametersByPathCommand({ Path: path, Recursive: true, MaxResults: 10, NextToken })),
      ({ Parameters }) => Parameters,
    ),
  );
  return found.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value }));
}

/**
 * Points a parameter at an AMI. With data type aws:ec2:image, Parameter Store answers before it checks the AMI. It silently drops
 * a value that it cannot describe, so read the value back.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-ec2-aliases.html
 */
export async function writeAmiParameter(
  aws: Connection,
  region: string,
  name: string,
  ami: string,
  description: string,
): Promise<void> {
  await ask({ action: 'ssm:PutParameter', region, about: `${name} = ${ami}` }, () =>
    aws.client(SSMClient, region).send(
      new PutParameterCommand({
        Name: name,
        Value: ami,
        Type: 'String',
        DataType: 'aws:ec2:image',
        Overwrite: true,
        Description: description,
      }),
    ),
  );
}

export async function deleteParameter(aws: Connection, region: string, name: string): Promise<void> {
  await ask(
    { action: 'ssm:DeleteParameter', region, about: name },
    () => aws.client(SSMClient, region).send(new DeleteParameterCommand({ Name: name })),
    { gone: () => undefined },
  );
}
