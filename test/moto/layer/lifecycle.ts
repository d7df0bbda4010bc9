import { ec2Error, textOf, type HttpAnswer } from '../wire.ts';
import { answerOf, snapshotsOf, type Ec2Call } from './ec2-call.ts';
import { imageEvent } from './events.ts';
import { stateOf, tagIt } from './images.ts';
import { mark } from './marks.ts';

const minute = 60_000;

/**
 * Keeps the date of the deprecation, rounded to the minute. EC2 takes no past date:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
 */
export async function enableImageDeprecation(call: Ec2Call): Promise<HttpAnswer> {
  const ami = call.form.get('ImageId') ?? '';
  const state = await stateOf(call, ami);
  if (!state) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
  const asked = Date.parse(call.form.get('DeprecateAt') ?? '');
  if (!(asked >= Date.now())) return ec2Error('InvalidParameterValue', `DeprecateAt is past: ${asked}`);
  await tagIt(call, ami, { [`${mark}deprecated`]: new Date(Math.round(asked / minute) * minute).toISOString() });
  return answerOf('EnableImageDeprecation');
}

/**
 * Deregisters an AMI, and deletes its snapshots if the call says so. The answer has a code for each snapshot:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html
 */
export async function deregisterImage(call: Ec2Call): Promise<HttpAnswer> {
  const ami = call.form.get('ImageId') ?? '';
  const deletes = call.form.get('DeleteAssociatedSnapshots') === 'true';
  const snapshots = deletes ? await snapshotsOf(call, ami).catch(() => []) : [];
  const answer = await call.pass();
  if (answer.status >= 300) return answer;
  call.tell(imageEvent(call.region, ami, 'deregistered'));
  if (!deletes) return answer;
  const ends = await Promise.all(
    snapshots.map(async (SnapshotId) => {
      const deleted = await call.ask({ Action: 'DeleteSnapshot', SnapshotId }).then(
        () => 'success',
        (error: Error) => (/InUse/.test(error.message) ? 'skipped' : 'client-error'),
      );
      return `<item><snapshotId>${SnapshotId}</snapshotId><returnCode>${deleted}</returnCode></item>`;
    }),
  );
  const set = `<deleteSnapshotResultSet>${ends.join('')}</deleteSnapshotResultSet>`;
  return answerOf('DeregisterImage', `<return>true</return>${set}`);
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ListImagesInRecycleBin.html: no rule keeps an AMI. */
export const noRecycledImages = async (): Promise<HttpAnswer> => answerOf('ListImagesInRecycleBin', '<imageSet/>');

/**
 * EC2 tells of a launch 24 hours later, so nothing is launched yet:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-last-launched-time.html
 */
export async function describeImageAttribute(call: Ec2Call): Promise<HttpAnswer> {
  if (call.form.get('Attribute') !== 'lastLaunchedTime') return call.pass();
  const ami = call.form.get('ImageId') ?? '';
  const found = textOf(await call.ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => ''), 'imageId');
  if (!found) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
  return answerOf('DescribeImageAttribute', `<imageId>${ami}</imageId>`);
}
