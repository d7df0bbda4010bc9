// The limits that a deployment's settings set, as IAM conditions. Resolve refuses the same earlier and in words. IAM holds even
// if a function is made to do otherwise.
import { arn, sub, type Text } from '../cloudformation.ts';
import type { FunctionSettings } from '../settings/function-settings.ts';
import type { Grant } from './policies.ts';

/** Narrows or widens a grant as the settings say. */
type Bound = (settings: FunctionSettings, grant: Grant) => Grant;

const withCondition = (grant: Grant, operator: string, key: string, value: Text | Text[]): Grant => ({
  ...grant,
  Condition: { ...grant.Condition, [operator]: { ...grant.Condition?.[operator], [key]: value } },
});

/** Nothing is made, shared or published outside of the regions. */
const inRegions: Bound = ({ regions }, grant) =>
  regions === 'any'
    ? grant
    : withCondition(grant, 'StringEquals', 'aws:RequestedRegion', [sub('${AWS::Region}'), ...regions]);

/**
 * Snapshots go to the accounts of `shareWith`. EC2 has no such condition key for an AMI's launch permissions or for
 * organizations: there only Resolve refuses. With ForAllValues, a call that adds nobody passes as well.
 */
const toAccounts: Bound = ({ shareWith }, grant) => {
  if (shareWith === 'any') return grant;
  const accounts = shareWith.filter((entry) => /^\d+$/.test(entry));
  return accounts.length > 0
    ? withCondition(grant, 'ForAllValues:StringEquals', 'ec2:Add/userId', accounts)
    : withCondition(grant, 'Null', 'ec2:Add/userId', 'true');
};

const profilesIn = ({ instanceProfiles }: FunctionSettings) => (instanceProfiles === 'any' ? [] : instanceProfiles);

const profilesOf: Bound = (settings, grant) => {
  const own = grant.Condition?.['ArnEquals']?.['ec2:InstanceProfile'];
  const others = profilesIn(settings).map((name) => arn('iam::${AWS::AccountId}:instance-profile/' + name));
  if (own === undefined || others.length === 0) return grant;
  return withCondition(grant, 'ArnEquals', 'ec2:InstanceProfile', [own, ...others].flat());
};

const alsoOn = (grant: Grant, others: Text[]): Grant =>
  others.length === 0 ? grant : { ...grant, Resource: [grant.Resource, ...others].flat() };

/** The role in an instance profile has the profile's name if the console made it. */
const rolesOf: Bound = (settings, grant) =>
  alsoOn(
    grant,
    profilesIn(settings).map((name) => arn('iam::${AWS::AccountId}:role/' + name)),
  );

/** Documents that the pipeline itself sends. */
const itsOwn = ['AWS-RunShellScript', 'AWS-RunPowerShellScript', 'AWSEC2-RunSysprep'];

/** AWS's own documents belong to no account. Others belong to ours or, if named by ARN, to another account. */
function documentArn(name: string): Text {
  if (name.startsWith('arn:')) return name;
  const ofAws = /^(AWS|Amazon)/.test(name); // SSM reserves these prefixes for AWS
  return arn(`ssm:\${AWS::Region}:${ofAws ? '' : '${AWS::AccountId}'}:document/${name}`);
}

const isAnyDocument = (resource: Text): boolean =>
  typeof resource === 'object' && 'Fn::Sub' in resource && resource['Fn::Sub'].endsWith(':document/*');

/** The documents of the settings replace "any document". A name that another name with a star includes is left out. */
const documentsOf: Bound = ({ documents }, grant) => {
  const resources = [grant.Resource].flat();
  if (documents === 'any' || !resources.some(isAnyDocument)) return grant;
  const names = [...new Set([...itsOwn, ...documents])];
  const includes = (other: string, name: string) =>
    other !== name && other.endsWith('*') && name.startsWith(other.slice(0, -1));
  const named = names.filter((name) => !names.some((other) => includes(other, name)));
  return {
    ...grant,
    Resource: [...named.map(documentArn), ...resources.filter((resource) => !isAnyDocument(resource))],
  };
};

const keysOf: Bound = ({ kmsAccounts }, grant) =>
  alsoOn(grant, kmsAccounts === 'any' ? [] : kmsAccounts.map((id) => arn(`kms:*:${id}:key/*`)));

/** Roles of the accounts that images may go to. */
const rolesOfAccounts: Bound = ({ shareWith }, grant) => {
  if (shareWith === 'any') return grant;
  const accounts = shareWith.filter((entry) => /^\d+$/.test(entry));
  const Resource = accounts.map((id) => arn(`iam::${id}:role/golden-copy-target*`));
  return { ...grant, Resource: Resource.length > 0 ? Resource : arn('iam::000000000000:role/none') };
};

/** Function and action → the grant's limits. Undoing has no limits: a changed setting must not leave things behind. */
const bounds: Record<string, Record<string, Bound>> = {
  copyImage: { 'ec2:CopyImage': inRegions },
  grantPermissions: {
    'ec2:ModifyImageAttribute': inRegions,
    'ec2:ModifySnapshotAttribute': (settings, grant) => inRegions(settings, toAccounts(settings, grant)),
  },
  applyShare: {
    'ec2:ModifyImageAttribute': inRegions,
    'ec2:ModifySnapshotAttribute': (settings, grant) => inRegions(settings, toAccounts(settings, grant)),
  },
  publish: {
    'ec2:AttachImageWatermark': inRegions,
    'ec2:CreateLaunchTemplateVersion': inRegions,
    'ec2:ModifyLaunchTemplate': inRegions,
    'ssm:PutParameter': inRegions,
    'sts:AssumeRole': rolesOfAccounts,
  },
  resolve: { 'sts:AssumeRole': rolesOfAccounts },
  resolvePlan: { 'sts:AssumeRole': rolesOfAccounts },
  copyIntoAccount: {
    'sts:AssumeRole': rolesOfAccounts,
    'ec2:ModifyImageAttribute': inRegions,
    'ec2:ModifySnapshotAttribute': (settings, grant) => inRegions(settings, toAccounts(settings, grant)),
  },
  awaitAccountCopy: { 'sts:AssumeRole': rolesOfAccounts },
  finishAccountCopy: { 'sts:AssumeRole': rolesOfAccounts },
  verify: { 'sts:AssumeRole': rolesOfAccounts },
  moveChannel: { 'ssm:PutParameter': inRegions },
  launch: { 'ec2:RunInstances': profilesOf, 'iam:PassRole': rolesOf },
  launchCandidate: { 'ec2:RunInstances': profilesOf, 'iam:PassRole': rolesOf },
  sendCommand: { 'ssm:SendCommand': documentsOf },
};

/** A grant of a function's role, within the limits of the settings. */
export function bounded(key: string, action: string, grant: Grant, settings: FunctionSettings): Grant {
  const bound = action.startsWith('kms:') && grant.Resource !== '*' ? keysOf : bounds[key]?.[action];
  return bound ? bound(settings, grant) : grant;
}
