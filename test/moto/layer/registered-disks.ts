import { mark } from './marks.ts';

/** What moto does not keep of a registered AMI: parameters of RegisterImage, each with its element in DescribeImages. */
export const kept = { Architecture: 'architecture', BootMode: 'bootMode', RootDeviceName: 'rootDeviceName' };

/** The description of such an AMI, with what its request said. A copy has disks of its own. Others stay as moto describes them. */
export function asRegistered(item: string, tags: Record<string, string>): string {
  const disks = tags[`${mark}disks`];
  const mappings = (disks?.split(',') ?? []).map((disk) => {
    const [device, snapshot, size, type, ends, encrypted] = disk.split('=');
    return `<item><deviceName>${device}</deviceName><ebs><snapshotId>${snapshot}</snapshotId><volumeSize>${size}</volumeSize><volumeType>${type}</volumeType><deleteOnTermination>${ends}</deleteOnTermination><encrypted>${encrypted === 'encrypted'}</encrypted></ebs></item>`;
  });
  const values = Object.values(kept).flatMap((element) => {
    const value = tags[`${mark}${element}`];
    return value === undefined ? [] : [{ element, value }];
  });
  const plain = values.reduce(
    (text, { element }) => text.replaceAll(new RegExp(`<${element}>[^<]*</${element}>|<${element} ?/>`, 'g'), ''),
    disks === undefined ? item : item.replace(/<blockDeviceMapping>[\s\S]*<\/blockDeviceMapping>/, ''),
  );
  const said = values.map(({ element, value }) => `<${element}>${value}</${element}>`).join('');
  const shown = disks === undefined ? '' : `<blockDeviceMapping>${mappings.join('')}</blockDeviceMapping>`;
  return plain.replace(/<\/item>$/, `${said}${shown}</item>`);
}
