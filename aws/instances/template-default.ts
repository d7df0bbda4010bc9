import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { templateName } from '../../core/publish/launch-templates.ts';
import type { LaunchTemplate } from '../../core/recipe/types.ts';
import { ask } from '../errors.ts';
import type { Connection } from '../connection.ts';

/** The AMI of a launch template's default version. Undefined if there is no such template, or that version names no AMI. */
export async function defaultImage(
  aws: Connection,
  region: string,
  template: LaunchTemplate,
): Promise<string | undefined> {
  const { id, name } = template;
  const gone = () => ({ LaunchTemplateVersions: [] });
  const { LaunchTemplateVersions = [] } = await ask(
    { action: 'ec2:DescribeLaunchTemplateVersions', region, about: templateName(template) },
    () =>
      aws.client(EC2Client, region).send(
        new DescribeLaunchTemplateVersionsCommand({
          ...(id === undefined ? { LaunchTemplateName: name ?? '' } : { LaunchTemplateId: id }),
          Versions: ['$Default'],
        }),
      ),
    { 'InvalidLaunchTemplateId.NotFound': gone, 'InvalidLaunchTemplateName.NotFoundException': gone },
  );
  return LaunchTemplateVersions[0]?.LaunchTemplateData?.ImageId;
}
