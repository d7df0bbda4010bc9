import { ec2Error, mapItems, tagsOf, tagSpecification, textOf, textsOf, type HttpAnswer } from '../wire.ts';
import { answerOf, once, snapshotsOf, type Ec2Call } from './ec2-call.ts';
import { imageEvent } from './events.ts';
import { lentImage, refuseCopy } from './lent.ts';
import { mark } from './marks.ts';
import { asRegistered } from './registered-disks.ts';

const numbered = (name: string, tags: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([Key, Value], i) => [
      [`${name}.${i + 1}.Key`, Key],
      [`${name}.${i + 1}.Value`, Value],
    ]),
  );

export async function tagIt(
  { ask }: Pick<Ec2Call, 'ask'>,
  resource: string,
  tags: Record<string, string>,
): Promise<void> {
  if (Object.keys(tags).length === 0) return;
  await ask({ Action: 'CreateTags', 'ResourceId.1': resource, ...numbered('Tag', tags) });
}

/** The image's and its snapshots' tags and marks, once moto has made it. From now on it takes its time. */
export async function furnish(call: Ec2Call, answer: HttpAnswer, marks: Record<string, string>): Promise<HttpAnswer> {
  const ami = textOf(answer.body.toString(), 'imageId');
  if (answer.status >= 300 || !ami) return answer;
  const marked = Object.fromEntries(Object.entries(marks).map(([key, value]) => [`${mark}${key}`, value]));
  await tagIt(call, ami, { ...tagSpecification(call.form, 'image'), ...marked });
  const { scenario, region, account, keys, tell } = call;
  const key = marks['encrypted'] && (await keys.arnOf(region, marks['kms-key'] || 'alias/aws/ebs', account));
  for (const snapshot of await snapshotsOf(call, ami))
    await tagIt(call, snapshot, { ...tagSpecification(call.form, 'snapshot'), ...(key && { [`${mark}key`]: key }) });
  const { state = 'available' } = marks;
  call.progress.begin(ami, {
    scenario,
    kind: marks['source'] ? 'copy' : 'image',
    ends: () => tell(imageEvent(region, ami, state, state === 'failed' ? 'Client error on copy' : '')),
  });
  return answer;
}

/** The refusal of a name that an AMI of the account has. */
export async function nameTaken(call: Ec2Call, name: string): Promise<HttpAnswer | undefined> {
  const same = await call.ask({
    Action: 'DescribeImages',
    'Owner.1': 'self',
    'Filter.1.Name': 'name',
    'Filter.1.Value.1': name,
  });
  const taken = textOf(same, 'imageId');
  return taken === undefined
    ? undefined
    : ec2Error('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${taken}`);
}

export async function createImage(call: Ec2Call): Promise<HttpAnswer> {
  const taken = await nameTaken(call, call.form.get('Name') ?? '');
  if (taken) return taken;
  const volumes = await call.ask({
    Action: 'DescribeVolumes',
    'Filter.1.Name': 'attachment.instance-id',
    'Filter.1.Value.1': call.form.get('InstanceId') ?? '',
  });
  const original = new URLSearchParams(call.form);
  withoutTags(call.form);
  const answer = await call.pass();
  return furnish(
    { ...call, form: original },
    answer,
    textOf(volumes, 'encrypted') === 'true' ? { encrypted: 'true', 'kms-key': textOf(volumes, 'kmsKeyId') ?? '' } : {},
  );
}

/** Tags are given by `furnish`: moto answers 500 to those of snapshots. */
function withoutTags(form: URLSearchParams) {
  const names = [...form.keys()];
  for (const name of names) if (name.startsWith('TagSpecification.')) form.delete(name);
}

export const copyImage = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const { form, faults, region, ask, progress } = call;
    const [source = '', home = ''] = [form.get('SourceImageId'), form.get('SourceRegion')].map((value) => value ?? '');
    const own = await ask({ Action: 'DescribeImages', 'ImageId.1': source }, home).catch(() => undefined);
    const found = own ?? (await lentImage(call, source));
    if (found === undefined) return ec2Error('InvalidAMIID.NotFound', `The image id '[${source}]' does not exist`);
    if (progress.isUnderWay(source)) return ec2Error('InvalidAMIID.Unavailable', `${source} is pending`);
    const refusal = own === undefined ? await refuseCopy(call, source) : undefined;
    if (refusal) return refusal;
    const { [`${mark}architecture`]: architecture = own ? undefined : textOf(found, 'architecture') } = tagsOf(found);
    const answer = own ? await call.pass() : await copyLent(call);
    return furnish(call, answer, {
      source,
      'source-region': home,
      ...(architecture !== undefined && { architecture }),
      ...(form.get('Encrypted') === 'true' && { encrypted: 'true', 'kms-key': form.get('KmsKeyId') ?? '' }),
      ...(faults.failCopyTo?.includes(region) && { state: 'failed' }),
    });
  });

/** moto copies only what the caller's account owns, so the copy of another account's AMI begins as an AMI without a source. */
async function copyLent({ form, ask }: Ec2Call): Promise<HttpAnswer> {
  const of = (name: string) => form.get(name) ?? '';
  const asked = { Action: 'RegisterImage', Name: of('Name'), Description: of('Description') };
  const made = textOf(await ask(asked), 'imageId');
  return answerOf('CopyImage', `<imageId>${made}</imageId>`);
}

/**
 * The image as EC2 would describe it: moto's fields, what its marks say, and its state so far. EC2 hides AMIs that are disabled:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
 */
export async function describeImages(call: Ec2Call): Promise<HttpAnswer> {
  const fields = [...call.form];
  for (const [name, value] of fields) if (value === 'source-image-id') call.form.set(name, `tag:${mark}source`);
  const answer = await call.pass();
  const lent = answer.status < 300 ? undefined : await lentImage(call, call.form.get('ImageId.1') ?? '');
  if (answer.status >= 300 && lent === undefined) return answer;
  const body = mapItems(lent ?? answer.body.toString(), 'imagesSet', (item) => {
    const tags = tagsOf(item);
    const { [`${mark}source`]: source, [`${mark}state`]: state = 'available' } = tags;
    if (state === 'disabled' && call.form.get('IncludeDisabled') !== 'true') return '';
    const own = tags['golden:build'] !== undefined;
    const pending = call.progress.isUnderWay(textOf(item, 'imageId') ?? '');
    let described = item
      .replaceAll(new RegExp(`<item>\\s*<key>${mark}[^<]*</key>\\s*<value>[^<]*</value>\\s*</item>`, 'g'), '')
      .replaceAll('<volumeSize>15</volumeSize>', '<volumeSize>8</volumeSize>')
      // moto tells the same of every image, for any disks.
      .replaceAll('<volumeType>standard</volumeType>', '<volumeType>gp3</volumeType>')
      .replaceAll('<bootMode>uefi</bootMode>', '<bootMode>uefi-preferred</bootMode>')
      .replace(/<imageState>[^<]*/, `<imageState>${pending ? 'pending' : state}`);
    if (own) described = described.replaceAll('/dev/sda1', '/dev/xvda');
    if (tags[`${mark}encrypted`]) described = described.replaceAll('<ebs>', '<ebs><encrypted>true</encrypted>');
    const more = [
      tags[`${mark}deprecated`] && `<deprecationTime>${tags[`${mark}deprecated`]}</deprecationTime>`,
      tags[`${mark}imds`] && `<imdsSupport>${tags[`${mark}imds`]}</imdsSupport>`,
      source &&
        `<sourceImageId>${source}</sourceImageId><sourceImageRegion>${tags[`${mark}source-region`]}</sourceImageRegion>`,
      !pending &&
        state === 'failed' &&
        '<stateReason><code>Client.InternalError</code><message>Client error on copy</message></stateReason>',
    ];
    return asRegistered(described, tags).replace(/<\/item>$/, `${more.filter(Boolean).join('')}</item>`);
  });
  return { ...answer, status: 200, body };
}

export async function modifyImageAttribute(call: Ec2Call): Promise<HttpAnswer> {
  const imds = call.form.get('ImdsSupport.Value');
  const answer = await call.pass();
  if (imds && answer.status < 300) await tagIt(call, call.form.get('ImageId') ?? '', { [`${mark}imds`]: imds });
  return answer;
}

export async function modifySnapshotAttribute(call: Ec2Call): Promise<HttpAnswer> {
  const fields = [...call.form];
  for (const [name, value] of fields) {
    const [, operation = '', number = ''] = /^CreateVolumePermission\.(Add|Remove)\.(\d+)\.UserId$/.exec(name) ?? [];
    if (!operation) continue;
    call.form.set('OperationType', operation.toLowerCase());
    call.form.set(`UserId.${number}`, value);
    call.form.delete(name);
  }
  return call.pass();
}

/** The state of an AMI that is not pending, as its mark says. */
export async function stateOf({ ask }: Ec2Call, ami: string): Promise<string | undefined> {
  const found = await ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => '');
  return found && (tagsOf(found)[`${mark}state`] ?? 'available');
}

/**
 * Changes the state of an AMI. EC2 does not document its answer for an AMI in another state, so the layer refuses.
 * A disabled AMI loses its launch permissions, and gets none back when it is enabled:
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/disable-an-ami.html
 */
async function changeState(call: Ec2Call, from: string, to: string): Promise<HttpAnswer> {
  const ami = call.form.get('ImageId') ?? '';
  const state = await stateOf(call, ami);
  if (!state) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
  if (state !== from) return ec2Error('InvalidAMIID.Unavailable', `The image ID '${ami}' is ${state}, not ${from}`);
  if (to === 'disabled') await resetImageAttribute(call);
  await tagIt(call, ami, { [`${mark}state`]: to });
  call.tell(imageEvent(call.region, ami, to));
  return answerOf(call.form.get('Action') ?? '');
}

export const disableImage = (call: Ec2Call): Promise<HttpAnswer> => changeState(call, 'available', 'disabled');
export const enableImage = (call: Ec2Call): Promise<HttpAnswer> => changeState(call, 'disabled', 'available');

const kinds = { userId: 'UserId', organizationArn: 'OrganizationArn', organizationalUnitArn: 'OrganizationalUnitArn' };

export async function resetImageAttribute({ form, ask }: Ec2Call): Promise<HttpAnswer> {
  const ImageId = form.get('ImageId') ?? '';
  const described = await ask({ Action: 'DescribeImageAttribute', ImageId, Attribute: 'launchPermission' });
  const shared = Object.entries(kinds).flatMap(([element, kind]) =>
    textsOf(described, element).map((value) => [kind, value] as const),
  );
  const removed = shared.map(([kind, value], i) => [`LaunchPermission.Remove.${i + 1}.${kind}`, value]);
  await ask({ Action: 'ModifyImageAttribute', ImageId, ...Object.fromEntries(removed) });
  return answerOf('ResetImageAttribute');
}

export async function resetSnapshotAttribute({ form, ask }: Ec2Call): Promise<HttpAnswer> {
  const of = { SnapshotId: form.get('SnapshotId') ?? '', Attribute: 'createVolumePermission' };
  const described = await ask({ Action: 'DescribeSnapshotAttribute', ...of });
  const users = textsOf(described, 'userId').map((user, i) => [`UserId.${i + 1}`, user]);
  await ask({ Action: 'ModifySnapshotAttribute', ...of, OperationType: 'remove', ...Object.fromEntries(users) });
  return answerOf('ResetSnapshotAttribute');
}
