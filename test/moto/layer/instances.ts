import { ec2Error, mapItems, tagsOf, textOf, textsOf, type HttpAnswer } from '../wire.ts';
import { once, type Ec2Call } from './ec2-call.ts';
import { instanceEvent } from './events.ts';
import { tagIt } from './images.ts';
import { mark } from './marks.ts';

/** What moto does not keep of an instance: parameters of RunInstances, each with the tag that keeps it. */
const kept = {
  'Placement.Tenancy': 'tenancy',
  'Placement.GroupName': 'placement-group',
  'LicenseSpecification.1.LicenseConfigurationArn': 'license',
  'InstanceMarketOptions.SpotOptions.MaxPrice': 'max-price',
};
const takenBack = `${mark}taken-back`;

/** EC2 has no Spot Instance in a subnet that the scenario names: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const hasNoSpot = ({ form, faults }: Ec2Call): boolean =>
  form.get('InstanceMarketOptions.MarketType') === 'spot' &&
  (faults.noSpotIn ?? []).includes(form.get('SubnetId') ?? '');

export const runInstances = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const ami = call.form.get('ImageId') ?? '';
    const found = await call.ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => '');
    if (!textOf(found, 'imageId')) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
    if (call.progress.isUnderWay(ami))
      return ec2Error('InvalidAMIID.Unavailable', `The image ID '${ami}' is not available`);
    if (hasNoSpot(call)) return ec2Error('InsufficientInstanceCapacity', 'There is no Spot capacity available.', 500);
    const rootDevice = textOf(found, 'rootDeviceName');
    const fields = [...call.form];
    for (const [name, device] of fields) {
      const mapping = /^(BlockDeviceMapping\.\d+)\.DeviceName$/.exec(name)?.[1];
      const sized = [`${mapping}.Ebs.VolumeSize`, `${mapping}.Ebs.SnapshotId`].some((field) => call.form.has(field));
      if (mapping && device === rootDevice && !sized) call.form.set(`${mapping}.Ebs.VolumeSize`, '8');
    }
    const answer = await call.pass();
    const marks = Object.entries(kept).flatMap(([field, name]) => {
      const value = call.form.get(field);
      return value === null ? [] : [[`${mark}${name}`, value]];
    });
    const instance = textOf(answer.body.toString(), 'instanceId');
    if (instance) await tagIt(call, instance, Object.fromEntries(marks) as Record<string, string>);
    return told(call, answer, ['pending', 'running']);
  });

/** Tells EventBridge of every instance in an answer. */
function told({ region, tell }: Pick<Ec2Call, 'region' | 'tell'>, answer: HttpAnswer, states: string[]): HttpAnswer {
  if (answer.status < 300)
    for (const id of new Set(textsOf(answer.body.toString(), 'instanceId')))
      for (const state of states) tell(instanceEvent(region, id, state));
  return answer;
}

export const stopInstances = async (call: Ec2Call): Promise<HttpAnswer> =>
  told(call, await call.pass(), ['stopping', 'stopped']);

export const terminateInstances = async (call: Ec2Call): Promise<HttpAnswer> =>
  told(call, await call.pass(), ['shutting-down', 'terminated']);

/**
 * moto shows the groups of an interface together with those that its instance was launched with. EC2 has them in one place:
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 */
export async function modifyNetworkInterfaceAttribute({ form, ask, pass }: Ec2Call): Promise<HttpAnswer> {
  const answer = await pass();
  const groups = [...form].filter(([name]) => name.startsWith('SecurityGroupId.'));
  if (answer.status >= 300 || groups.length === 0) return answer;
  const about = { 'NetworkInterfaceId.1': form.get('NetworkInterfaceId') ?? '' };
  const InstanceId = textOf(await ask({ Action: 'DescribeNetworkInterfaces', ...about }), 'instanceId') ?? '';
  const same = groups.map(([, id], index) => [`GroupId.${index + 1}`, id]);
  await ask({ Action: 'ModifyInstanceAttribute', InstanceId, ...(Object.fromEntries(same) as Record<string, string>) });
  return answer;
}

/** EC2 takes a Spot Instance back. */
export async function takeBack({ ask, region, tell }: Pick<Ec2Call, 'ask' | 'region' | 'tell'>, instance: string) {
  await tagIt({ ask }, instance, { [takenBack]: 'yes' });
  await ask({ Action: 'TerminateInstances', 'InstanceId.1': instance });
  for (const state of ['shutting-down', 'terminated']) tell(instanceEvent(region, instance, state));
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html
const interruption =
  '<stateReason><code>Server.SpotInstanceTermination</code><message>Server.SpotInstanceTermination: Instance terminated due to spot instance interruption</message></stateReason>';

/** The instances as moto has them, without marks, and with EC2's reason where EC2 took one back. */
export async function describeInstances({ pass }: Ec2Call): Promise<HttpAnswer> {
  const answer = await pass();
  if (answer.status >= 300) return answer;
  const body = mapItems(answer.body.toString(), 'reservationSet', (reservation) =>
    mapItems(reservation, 'instancesSet', (item) => {
      const { [takenBack]: taken } = tagsOf(item);
      const shown = item.replaceAll(
        new RegExp(`<item>\\s*<key>${mark}[^<]*</key>\\s*<value>[^<]*</value>\\s*</item>`, 'g'),
        '',
      );
      return taken ? shown.replace(/<stateReason>[^]*?<\/stateReason>/, interruption) : shown;
    }),
  );
  return { ...answer, body };
}
