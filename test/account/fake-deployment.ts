// A deployment in the account of fake-aws.ts, whose EC2 judges calls under the roles by the policies of the packaged template.
import type { EC2Client } from '@aws-sdk/client-ec2';
import { defaultSettings } from '../../core/deployment/deployment-settings.ts';
import type { SeenResources } from '../support/roles/authorized-on.ts';
import type { Template } from '../support/template/check-template.ts';
import { allows, grantsOf, type AllowedAction } from '../support/roles/iam.ts';
import { asksOf } from '../support/roles/judge-calls.ts';
import type { Account } from './account.ts';
import type { WrongAnswers } from './fake-aws.ts';

const stack = 'golden-image-prod';
const profile = `${stack}-BuilderProfile-Ab1Cd2Ef3Gh4`;
export const deploymentImage = 'ami-0aaaaaaaaaaaaaaaa';

const role = (resource: string, of = stack) => {
  const RoleName = `${of}-${resource}-Xy9Xy9Xy9Xy9`;
  return { RoleName, Arn: `arn:aws:iam::444455556666:role/${RoleName}` };
};

/** What AWS lists: the deployment, and the roles and the profile of another stack before it. */
export const deployment: WrongAnswers = {
  ListStateMachines: () => ({
    stateMachines: [
      { name: `${stack}-build-image`, stateMachineArn: `arn:aws:states:us-east-1:444455556666:stateMachine:x` },
    ],
  }),
  ListRoles: () => ({
    Roles: [role('LaunchRole', 'another'), role('LaunchRole'), role('CopyImageRole')],
    IsTruncated: false,
  }),
  ListInstanceProfiles: () => ({
    InstanceProfiles: [
      { InstanceProfileName: 'another-BuilderProfile-Ab1Cd2Ef3Gh4' },
      { InstanceProfileName: profile },
    ],
    IsTruncated: false,
  }),
};
/** With an AMI that the pipeline made. */
export const built: WrongAnswers = {
  ...deployment,
  DescribeImages: () => ({ imagesSet: { item: { imageId: deploymentImage } } }),
};

/** The account, whose EC2 answers calls under a role as the role's policies do. */
export function judging<A extends Account>(account: A, template: Template): A {
  const { id, region } = account;
  const place = { account: id, region, bucket: 'bucket', archives: 'archives', stateMachine: `${stack}-build-image` };
  const grants = JSON.parse(
    JSON.stringify(grantsOf(template, place)).replaceAll(
      `instance-profile/${defaultSettings.instanceProfile}`,
      `instance-profile/${profile}`,
    ),
  ) as AllowedAction[];
  const resources: SeenResources = new Map([
    [`${region} ami-0123456789abcdef0`, { tags: {}, owner: 'amazon' }],
    [`${region} ${deploymentImage}`, { tags: { 'golden:build': 'b' }, owner: id }],
  ]);
  const roleOf = (name: string) => (name === profile ? defaultSettings.instanceProfile : `of ${name}`);
  const underRole = (name: string, at: string) => ({
    async send({ constructor: command, input }: { constructor: { name: string }; input: Record<string, unknown> }) {
      const action = command.name.replace(/Command$/, '');
      const own = grants.filter((grant) => name.startsWith(`${stack}-${grant.role}-`));
      const call = { service: 'ec2', action, account: id, region: at, params: input, by: undefined, error: undefined };
      const refused = asksOf({ ...call, answer: undefined } as never, { resources, roleOf }).find(
        (ask) => !own.some((grant) => allows(grant, ask)),
      );
      throw refused
        ? Object.assign(new Error(`${refused.action} on ${refused.resource}`), { name: 'UnauthorizedOperation' })
        : Object.assign(new Error('Request would have succeeded'), { name: 'DryRunOperation' });
    },
  });
  return {
    ...account,
    ec2: (at = region, as) => (as ? (underRole(as.accessKeyId, at) as unknown as EC2Client) : account.ec2(at)),
  };
}
