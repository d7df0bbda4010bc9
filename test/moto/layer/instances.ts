import { ec2Error, textOf, type Answer } from '../wire.ts';
import { once, type Ec2Call } from './ec2-call.ts';

export const runInstances = (call: Ec2Call): Promise<Answer> =>
  once(call, async () => {
    const ami = call.form.get('ImageId') ?? '';
    const found = await call.ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => '');
    if (!textOf(found, 'imageId')) return ec2Error('InvalidAMIID.NotFound', `The image id '[${ami}]' does not exist`);
    if (call.lookAt(`${call.region} ${ami} peek`, 0))
      return ec2Error('InvalidAMIID.Unavailable', `The image ID '${ami}' is not available`);
    return call.pass();
  });
