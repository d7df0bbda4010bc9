import {
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  EC2Client,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import { templateName, templateTag, type TemplateSeen } from '../../core/publish/launch-templates.ts';
import { Failure } from '../../core/errors.ts';
import type { LaunchTemplate } from '../../core/recipe/types.ts';
import { ask, everyPage } from '../errors.ts';
import type { Connection } from '../connection.ts';
import { fromTags } from '../tags.ts';

/** What readTemplate calls. */
export const templateReading = ['ec2:DescribeLaunchTemplates', 'ec2:DescribeLaunchTemplateVersions'];

/**
 * A launch template, with the version of it that is described so and launches the AMI.
 * @param ours Without it, no version is looked for.
 * @returns undefined if there is no such launch template.
 */
export async function readTemplate(
  aws: Connection,
  region: string,
  template: Pick<LaunchTemplate, 'id' | 'name'>,
  ours?: { ami: string; description: string },
): Promise<TemplateSeen | undefined> {
  const ec2 = aws.client(EC2Client, region);
  const about = templateName({ setDefault: false, ...template });
  const { id, name } = template;
  const input = id === undefined ? { LaunchTemplateNames: [name ?? ''] } : { LaunchTemplateIds: [id] };
  const gone = () => ({ LaunchTemplates: [] });
  const { LaunchTemplates = [] } = await ask(
    { action: 'ec2:DescribeLaunchTemplates', region, about },
    () => ec2.send(new DescribeLaunchTemplatesCommand(input)),
    { 'InvalidLaunchTemplateId.NotFound': gone, 'InvalidLaunchTemplateName.NotFoundException': gone },
  );
  const [found] = LaunchTemplates;
  if (!found) return undefined;
  const { LaunchTemplateId = '', DefaultVersionNumber = 0, Tags } = found;
  const Filters = [{ Name: 'image-id', Values: [ours?.ami ?? ''] }];
  const versions = await (ours
    ? ask({ action: 'ec2:DescribeLaunchTemplateVersions', region, about }, () =>
        everyPage(
          (NextToken) =>
            ec2.send(
              new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Filters, MaxResults: 200, NextToken }),
            ),
          ({ LaunchTemplateVersions }) => LaunchTemplateVersions,
        ),
      )
    : []);
  return {
    id: LaunchTemplateId,
    recipe: fromTags(Tags)[templateTag],
    default: DefaultVersionNumber,
    ours: versions.find(({ VersionDescription }) => VersionDescription === ours?.description)?.VersionNumber,
  };
}

/** Makes a version of a launch template that differs from an earlier version only in its AMI. @returns its number. */
export async function createTemplateVersion(
  aws: Connection,
  region: string,
  { template, from, ami, description }: { template: string; from: number; ami: string; description: string },
  token: string,
): Promise<number | undefined> {
  const { LaunchTemplateVersion } = await ask(
    { action: 'ec2:CreateLaunchTemplateVersion', region, about: template },
    () =>
      aws.client(EC2Client, region).send(
        new CreateLaunchTemplateVersionCommand({
          ClientToken: token,
          LaunchTemplateId: template,
          SourceVersion: String(from),
          VersionDescription: description,
          LaunchTemplateData: { ImageId: ami },
        }),
      ),
  );
  return LaunchTemplateVersion?.VersionNumber;
}

export async function setDefaultVersion(
  aws: Connection,
  region: string,
  template: string,
  version: number,
): Promise<void> {
  await ask({ action: 'ec2:ModifyLaunchTemplate', region, about: `${template} to version ${version}` }, () =>
    aws
      .client(EC2Client, region)
      .send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: template, DefaultVersion: String(version) })),
  );
}

/** @throws AwsRefused if EC2 does not delete the version. A version that is gone is no error. */
export async function deleteTemplateVersion(
  aws: Connection,
  region: string,
  template: string,
  version: number,
): Promise<void> {
  const about = `version ${version} of ${template}`;
  const { UnsuccessfullyDeletedLaunchTemplateVersions: refused = [] } = await ask(
    { action: 'ec2:DeleteLaunchTemplateVersions', region, about },
    () =>
      aws
        .client(EC2Client, region)
        .send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: template, Versions: [String(version)] })),
  );
  const [{ ResponseError: error } = {}] = refused;
  if (!error || error.Code === 'launchTemplateVersionDoesNotExist') return;
  throw new Failure(
    'AwsRefused',
    `ec2:DeleteLaunchTemplateVersions of ${about} in ${region}: ${error.Code}: ${error.Message}`,
  );
}
