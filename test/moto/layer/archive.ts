import { ec2Error, tagsOf, textOf, type HttpAnswer } from '../wire.ts';
import { answerOf, type Ec2Call } from './ec2-call.ts';
import { furnish, nameTaken, stateOf, tagIt } from './images.ts';
import { mark } from './marks.ts';

/*
 * An AMI as one object in S3: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/store-restore-how-it-works.html. The object is in
 * moto's S3. The newest task of an AMI is kept in a tag of the AMI: bucket and time.
 */

const taskMark = `${mark}stored`;
const made = 'stored by CreateStoreImageTask: ';
const taskOf = (ami: string) => `store ${ami}`;

export async function createStoreImageTask(call: Ec2Call): Promise<HttpAnswer> {
  const [ami, bucket] = [call.form.get('ImageId') ?? '', call.form.get('Bucket') ?? ''];
  const state = await stateOf(call, ami);
  if (!state) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
  if (state !== 'available') return ec2Error('InvalidAMIID.Unavailable', `${ami} is ${state}`);
  const object = `${ami}.bin`;
  if ((await call.objects.get(bucket, object)) !== undefined)
    return ec2Error('InvalidRequest', `The object ${object} already exists in ${bucket}`);
  await tagIt(call, ami, { [taskMark]: `${bucket} ${new Date().toISOString()}` });
  call.progress.begin(taskOf(ami), {
    scenario: call.scenario,
    kind: 'store',
    ends: () => void call.objects.put(bucket, object, `${made}${ami}`),
  });
  return answerOf('CreateStoreImageTask', `<objectKey>${object}</objectKey>`);
}

export async function describeStoreImageTasks({ form, ask, progress }: Ec2Call): Promise<HttpAnswer> {
  const ami = form.get('ImageId.1') ?? '';
  const tags = tagsOf(await ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => ''));
  const [bucket, startedAt] = tags[taskMark]?.split(' ') ?? [];
  const [state, percent] = progress.isUnderWay(taskOf(ami)) ? ['InProgress', 50] : ['Completed', 100];
  const item = `<item><amiId>${ami}</amiId><bucket>${bucket}</bucket><s3objectKey>${ami}.bin</s3objectKey><taskStartTime>${startedAt}</taskStartTime><progressPercentage>${percent}</progressPercentage><storeTaskState>${state}</storeTaskState></item>`;
  const items = bucket === undefined ? '' : item;
  return answerOf('DescribeStoreImageTasks', `<storeImageTaskResultSet>${items}</storeImageTaskResultSet>`);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRestoreImageTask.html: the AMI is new, and pending for a while. */
export async function createRestoreImageTask(call: Ec2Call): Promise<HttpAnswer> {
  const [bucket, object] = [call.form.get('Bucket') ?? '', call.form.get('ObjectKey') ?? ''];
  const stored = await call.objects.get(bucket, object);
  if (!stored?.startsWith(made)) return ec2Error('InvalidRequest', `s3://${bucket}/${object} is no stored AMI`);
  const Name = call.form.get('Name') ?? '';
  const taken = await nameTaken(call, Name);
  if (taken) return taken;
  const registered = textOf(await call.ask({ Action: 'RegisterImage', Name }), 'imageId');
  return furnish(call, answerOf('CreateRestoreImageTask', `<imageId>${registered}</imageId>`), {
    source: stored.slice(made.length),
    'source-region': call.region,
  });
}
