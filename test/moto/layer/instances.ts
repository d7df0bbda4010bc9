import { ec2Error, tagsOf, textOf, type HttpAnswer } from '../wire.ts';
import { once, type Ec2Call } from './ec2-call.ts';

export const runInstances = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const ami = call.form.get('ImageId') ?? '';
    const found = await call.ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => '');
    if (!textOf(found, 'imageId')) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
    const own = tagsOf(found)['golden:build'] !== undefined;
    if (own && call.lookAt(`${call.region} ${ami} peek`, call.faults.looks?.image ?? 0))
      return ec2Error('InvalidAMIID.Unavailable', `The image ID '${ami}' is not available`);
    const rootDevice = textOf(found, 'rootDeviceName');
    const fields = [...call.form];
    for (const [name, device] of fields) {
      const mapping = /^(BlockDeviceMapping\.\d+)\.DeviceName$/.exec(name)?.[1];
      const sized = [`${mapping}.Ebs.VolumeSize`, `${mapping}.Ebs.SnapshotId`].some((field) => call.form.has(field));
      if (mapping && device === rootDevice && !sized) call.form.set(`${mapping}.Ebs.VolumeSize`, '8');
    }
    return call.pass();
  });
