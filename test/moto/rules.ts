import { wakingRules } from '../../infrastructure/triggers/waking-rules.ts';
import { lambdaOf } from '../../infrastructure/triggers/targets.ts';
import { motoAccount, query, textOf } from './wire.ts';

/** The function that the rules of all scenarios call: rules belong to an account, and all scenarios share one. */
export const wakeFunction = 'golden-image-any-wake';

const arnOf = (region: string) => `arn:aws:lambda:${region}:${motoAccount}:function:${wakeFunction}`;

/**
 * Deploys the rules that wake builds, as they stand in the deployed template, with moto's CloudFormation. Only the function's ARN is
 * filled in, since moto's own Lambda would need Docker. The queue for undelivered events is moto's.
 */
export async function deployRules(port: number, region: string): Promise<void> {
  const Resources = {
    ...wakingRules,
    TriggerFailures: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1209600 } },
  };
  const wake = JSON.stringify({ 'Fn::GetAtt': [lambdaOf.wake, 'Arn'] });
  const TemplateBody = JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources }).replaceAll(
    wake,
    JSON.stringify(arnOf(region)),
  );
  const of = { service: 'cloudformation', version: '2010-05-15' };
  await query(port, region, { Action: 'CreateStack', StackName: 'golden-image-rules', TemplateBody }, of);
  const made = await query(port, region, { Action: 'DescribeStacks', StackName: 'golden-image-rules' }, of);
  if (textOf(made, 'StackStatus') !== 'CREATE_COMPLETE') throw new Error(`moto made no rules: ${made}`);
}
