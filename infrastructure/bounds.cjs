// The limits that a deployment's settings set, as IAM conditions. Resolve refuses the same earlier and in words. IAM holds even
// if a function is made to do otherwise.
const { sub, arn } = require('./substituted.cjs');

const withCondition = (statement, operator, key, value) => ({
  ...statement,
  Condition: { ...statement.Condition, [operator]: { ...statement.Condition?.[operator], [key]: value } },
});

/** Nothing is made, shared or published outside of the regions. */
const inRegions = ({ regions }, statement) =>
  regions === 'any'
    ? statement
    : withCondition(statement, 'StringEquals', 'aws:RequestedRegion', [sub('${AWS::Region}'), ...regions]);

/**
 * Snapshots go to the accounts of `shareWith`. EC2 has no such condition key for an AMI's launch permissions or for
 * organizations: there only Resolve refuses. With ForAllValues, a call that adds nobody passes as well.
 */
const toAccounts = ({ shareWith }, statement) => {
  if (shareWith === 'any') return statement;
  const accounts = shareWith.filter((entry) => /^\d+$/.test(entry));
  return accounts.length > 0
    ? withCondition(statement, 'ForAllValues:StringEquals', 'ec2:Add/userId', accounts)
    : withCondition(statement, 'Null', 'ec2:Add/userId', 'true');
};

const profilesOf = ({ instanceProfiles }, statement) => {
  const own = statement.Condition?.ArnEquals?.['ec2:InstanceProfile'];
  if (own === undefined || instanceProfiles.length === 0) return statement;
  const others = instanceProfiles.map((name) => arn('iam::${AWS::AccountId}:instance-profile/' + name));
  return withCondition(statement, 'ArnEquals', 'ec2:InstanceProfile', [own, ...others]);
};

/** The role in an instance profile has the profile's name if the console made it. */
const rolesOf = ({ instanceProfiles }, statement) =>
  instanceProfiles.length === 0
    ? statement
    : {
        ...statement,
        Resource: [statement.Resource, ...instanceProfiles.map((name) => arn('iam::${AWS::AccountId}:role/' + name))],
      };

/** Documents that the pipeline itself sends. */
const itsOwn = ['AWS-RunShellScript', 'AWS-RunPowerShellScript', 'AWSEC2-RunSysprep'];
/** AWS's own documents belong to no account. Others belong to ours or, if named by ARN, to another account. */
const documentsOf = ({ documents }, statement) => {
  if (documents === 'any' || !Array.isArray(statement.Resource)) return statement;
  const any = statement.Resource.filter((resource) => resource['Fn::Sub']?.endsWith(':document/*'));
  if (any.length === 0) return statement;
  const named = [...new Set([...itsOwn, ...documents])].filter(
    (name, _, all) =>
      !all.some((other) => other !== name && other.endsWith('*') && name.startsWith(other.slice(0, -1))),
  );
  const arns = named.flatMap((name) => {
    if (name.startsWith('arn:')) return [name];
    const aws = /^(AWS|Amazon)/.test(name); // SSM reserves these prefixes for AWS
    return [arn(`ssm:\${AWS::Region}:${aws ? '' : '${AWS::AccountId}'}:document/${name}`)];
  });
  return { ...statement, Resource: [...arns, ...statement.Resource.filter((resource) => !any.includes(resource))] };
};

const keysOf = ({ kmsAccounts }, statement) =>
  kmsAccounts.length === 0
    ? statement
    : { ...statement, Resource: [statement.Resource, ...kmsAccounts.map((id) => arn(`kms:*:${id}:key/*`))].flat() };

/** Function and action → the statement's limits. Undoing has no limits: a changed setting must not leave things behind. */
const bounds = {
  copyImage: { 'ec2:CopyImage': inRegions },
  grantPermissions: {
    'ec2:ModifyImageAttribute': inRegions,
    'ec2:ModifySnapshotAttribute': (settings, statement) => inRegions(settings, toAccounts(settings, statement)),
  },
  publish: { 'ssm:PutParameter': inRegions },
  launch: { 'ec2:RunInstances': profilesOf, 'iam:PassRole': rolesOf },
  launchCandidate: { 'ec2:RunInstances': profilesOf, 'iam:PassRole': rolesOf },
  sendCommand: { 'ssm:SendCommand': documentsOf },
};

/** A statement of a function's role, within the limits of the settings. */
module.exports.bounded = (key, action, statement, settings) => {
  const bound = action.startsWith('kms:') ? keysOf : bounds[key]?.[action];
  return bound ? bound(settings, statement) : statement;
};
