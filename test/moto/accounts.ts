import { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readFileSync } from 'node:fs';
import { motoAccount, query, textOf } from './wire.ts';

/** Clients that talk to moto itself, past the bridge and the layer. */
export interface Clients {
  ec2(region: string): EC2Client;
  kms(region: string): KMSClient;
  ssm(region: string): SSMClient;
}

export const someCredentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };

export function motoClients(port: number, credentials = someCredentials): Clients {
  const config = (region: string) => ({
    region,
    credentials,
    endpoint: `http://127.0.0.1:${port}`,
    maxAttempts: 1,
  });
  return {
    ec2: (region) => new EC2Client(config(region)),
    kms: (region) => new KMSClient(config(region)),
    ssm: (region) => new SSMClient(config(region)),
  };
}

/** Makes the role of an account that takes copies, as its owner does with the template of the examples. @returns clients of a user there. */
export async function makeCopyTarget(
  port: number,
  region: string,
  account: string,
  { pipeline, externalId }: { pipeline: string; externalId: string },
): Promise<Clients> {
  const cloudFormation = { service: 'cloudformation', version: '2010-05-15', account };
  const given = { PipelineAccount: motoAccount, Pipeline: pipeline, ExternalId: externalId };
  const parameters = Object.entries(given).flatMap(([key, value], index) => [
    [`Parameters.member.${index + 1}.ParameterKey`, key],
    [`Parameters.member.${index + 1}.ParameterValue`, value],
  ]);
  const TemplateBody = readFileSync('infrastructure/examples/copy-target-role.yml', 'utf8');
  const StackName = 'golden-copy-target';
  const asked = { Action: 'CreateStack', StackName, TemplateBody, ...Object.fromEntries(parameters) };
  await query(port, region, asked as Record<string, string>, cloudFormation);
  const made = await query(port, region, { Action: 'DescribeStacks', StackName }, cloudFormation);
  if (textOf(made, 'StackStatus') !== 'CREATE_COMPLETE') throw new Error(`moto made no role in ${account}: ${made}`);
  const iam = { service: 'iam', version: '2010-05-08', account };
  await query(port, region, { Action: 'CreateUser', UserName: 'reader' }, iam);
  const key = await query(port, region, { Action: 'CreateAccessKey', UserName: 'reader' }, iam);
  const credential = (name: string) => textOf(key, name) ?? '';
  return motoClients(port, {
    accessKeyId: credential('AccessKeyId'),
    secretAccessKey: credential('SecretAccessKey'),
  });
}
