// Prints the errors that the SDK makes of what AWS answers. test/bundle.test.ts runs it with and without the schema plugin.
import { EC2Client, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

const answering = (statusCode: number, headers: Record<string, string>, text: string) => ({
  region: 'eu-west-1',
  maxAttempts: 1,
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
  requestHandler: {
    handle: async () => ({
      response: { statusCode, headers: { 'x-amzn-requestid': 'request-1', ...headers }, body: Buffer.from(text) },
    }),
  },
});

const json = (status: number, type: string, fields: Record<string, string>) =>
  answering(status, { 'content-type': 'application/x-amz-json-1.1' }, JSON.stringify({ __type: type, ...fields }));
const xml = (status: number, text: string) => answering(status, { 'content-type': 'application/xml' }, text);

const ssm = new GetParameterCommand({ Name: '/golden/a/stable' });
const sfn = new SendTaskSuccessCommand({ taskToken: 'token', output: '{}' });
const s3 = new GetObjectCommand({ Bucket: 'bucket', Key: 'key' });
const ec2 = new DescribeImagesCommand({});

const calls: (() => Promise<unknown>)[] = [
  () => new SSMClient(json(400, 'ParameterNotFound', {})).send(ssm),
  () => new SSMClient(json(400, 'com.amazonaws.ssm#AccessDeniedException', { Message: 'no' })).send(ssm),
  () => new SSMClient(json(400, 'ThrottlingException', { message: 'Rate exceeded' })).send(ssm),
  () => new SSMClient(json(500, 'InternalServerError', { Message: 'oops' })).send(ssm),
  () => new SFNClient(json(400, 'com.amazonaws.sfn#TaskTimedOut', { message: 'too late' })).send(sfn),
  () => new SFNClient(json(400, 'InvalidToken', { message: 'no such token' })).send(sfn),
  () => new S3Client(xml(404, '<Error><Code>NoSuchKey</Code><Message>gone</Message><Key>key</Key></Error>')).send(s3),
  () => new S3Client(xml(403, '<Error><Code>AccessDenied</Code><Message>no</Message></Error>')).send(s3),
  () => new S3Client(xml(503, '<Error><Code>SlowDown</Code><Message>slower</Message></Error>')).send(s3),
  () =>
    new EC2Client(
      xml(
        400,
        '<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code><Message>no</Message></Error></Errors></Response>',
      ),
    ).send(ec2),
];

const seen = [];
for (const call of calls) {
  try {
    await call();
    seen.push('no error');
  } catch (error) {
    const { name, message, $fault, $metadata, $retryable, code } = error as Record<string, unknown>;
    seen.push({ name, message, $fault, $metadata, $retryable, code });
  }
}
console.log(JSON.stringify(seen));
