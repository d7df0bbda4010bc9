import { randomBytes } from 'node:crypto';
import { tagsOf, type HttpAnswer } from '../wire.ts';
import { answerOf, once, type Ec2Call } from './ec2-call.ts';
import { tagIt } from './images.ts';
import { mark } from './marks.ts';

/*
 * Who uses an AMI: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/your-ec2-ami-usage.html. moto's accounts are separate, so no
 * other account uses one. A report is kept in a tag of its AMI: the report's id, its time, and the types of resources with the depth of
 * their versions.
 */

const reportMark = `${mark}report`;

/** The types of resources that a request names, such as `ec2:Instance` and `ec2:LaunchTemplate=20`. */
function typesIn(form: URLSearchParams): string[] {
  const types: string[] = [];
  for (let i = 1; form.has(`ResourceType.${i}.ResourceType`); i++) {
    const depth = form.get(`ResourceType.${i}.ResourceTypeOption.1.OptionValue.1`);
    types.push(`${form.get(`ResourceType.${i}.ResourceType`)}${depth === null ? '' : `=${depth}`}`);
  }
  return types;
}

export const createImageUsageReport = (call: Ec2Call): Promise<HttpAnswer> =>
  once(call, async () => {
    const report = `amiur-${randomBytes(8).toString('hex')}`;
    const value = [report, new Date().toISOString(), ...typesIn(call.form)].join(' ');
    await tagIt(call, call.form.get('ImageId') ?? '', { [reportMark]: value });
    return answerOf('CreateImageUsageReport', `<reportId>${report}</reportId>`);
  });

function typeItem(type: string): string {
  const [name = '', depth] = type.split('=');
  const option = `<item><optionName>version-depth</optionName><optionValueSet><item>${depth}</item></optionValueSet></item>`;
  const options = depth === undefined ? '' : `<resourceTypeOptionSet>${option}</resourceTypeOptionSet>`;
  return `<item><resourceType>${name}</resourceType>${options}</item>`;
}

export async function describeImageUsageReports({ form, ask }: Ec2Call): Promise<HttpAnswer> {
  const amis = [...form].flatMap(([name, value]) => (name.startsWith('ImageId.') ? [value] : []));
  const items = await Promise.all(
    amis.map(async (ami) => {
      const tags = tagsOf(await ask({ Action: 'DescribeImages', 'ImageId.1': ami }).catch(() => ''));
      const [report, createdAt, ...types] = tags[reportMark]?.split(' ') ?? [];
      if (report === undefined) return '';
      const about = `<imageId>${ami}</imageId><reportId>${report}</reportId><state>available</state>`;
      return `<item>${about}<creationTime>${createdAt}</creationTime><resourceTypeSet>${types.map(typeItem).join('')}</resourceTypeSet></item>`;
    }),
  );
  return answerOf('DescribeImageUsageReports', `<imageUsageReportSet>${items.join('')}</imageUsageReportSet>`);
}

/** No other account has anything of an AMI. */
export const noUsageEntries = async (): Promise<HttpAnswer> =>
  answerOf('DescribeImageUsageReportEntries', '<imageUsageReportEntrySet/>');

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageReferences.html: nothing names the AMI. */
export const noReferences = async (): Promise<HttpAnswer> =>
  answerOf('DescribeImageReferences', '<imageReferenceSet/>');
