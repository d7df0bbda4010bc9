import { ec2Error, textOf, textsOf, type HttpAnswer } from '../wire.ts';
import { once, type Ec2Call } from './ec2-call.ts';
import { instanceEvent } from './events.ts';

export const runInstances = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const ami = call.form.get('ImageId') ?? '';
    const found = await call.ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => '');
    if (!textOf(found, 'imageId')) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
    if (call.progress.isUnderWay(ami))
      return ec2Error('InvalidAMIID.Unavailable', `The image ID '${ami}' is not available`);
    const rootDevice = textOf(found, 'rootDeviceName');
    const fields = [...call.form];
    for (const [name, device] of fields) {
      const mapping = /^(BlockDeviceMapping\.\d+)\.DeviceName$/.exec(name)?.[1];
      const sized = [`${mapping}.Ebs.VolumeSize`, `${mapping}.Ebs.SnapshotId`].some((field) => call.form.has(field));
      if (mapping && device === rootDevice && !sized) call.form.set(`${mapping}.Ebs.VolumeSize`, '8');
    }
    return told(call, await call.pass(), ['pending', 'running']);
  });

/** Tells EventBridge of every instance in an answer. */
function told({ region, tell }: Ec2Call, answer: HttpAnswer, states: string[]): HttpAnswer {
  if (answer.status < 300)
    for (const id of new Set(textsOf(answer.body.toString(), 'instanceId')))
      for (const state of states) tell(instanceEvent(region, id, state));
  return answer;
}

export const stopInstances = async (call: Ec2Call): Promise<HttpAnswer> =>
  told(call, await call.pass(), ['stopping', 'stopped']);

export const terminateInstances = async (call: Ec2Call): Promise<HttpAnswer> =>
  told(call, await call.pass(), ['shutting-down', 'terminated']);
