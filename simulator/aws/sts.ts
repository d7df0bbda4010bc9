import type { AssumeRoleRequest } from '@aws-sdk/client-sts';
import type { RoleCredentials } from '../../aws/connection.ts';
import { ApiError, type Actions, type Caller } from './calls/actions.ts';
import { required, strict } from './calls/strict.ts';
import { partitionIn } from './partition.ts';
import type { World } from './state/world.ts';

export const arnOfRole = (account: string, name: string, region = 'us-east-1'): string =>
  `arn:${partitionIn(region)}:iam::${account}:role/${name}`;

/**
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export const stsActions = (world: World): Actions => ({
  GetCallerIdentity: strict('sts:GetCallerIdentity', '', (_input: object, { account, region }) => ({
    Account: account,
    Arn: `arn:${partitionIn(region)}:sts::${account}:assumed-role/operator/golden`,
    UserId: 'AROAEXAMPLEEXAMPLEEX:golden',
  })),
  AssumeRole: strict(
    'sts:AssumeRole',
    'RoleArn RoleSessionName ExternalId Policy DurationSeconds',
    (input: AssumeRoleRequest, caller) => assumeRole(world, input, caller),
  ),
});

const invalid = (message: string) => new ApiError('ValidationError', message);

function assumeRole(world: World, input: AssumeRoleRequest, caller: Caller) {
  const arn = required(input.RoleArn, 'RoleArn', 'ValidationError');
  const name = required(input.RoleSessionName, 'RoleSessionName', 'ValidationError');
  const { DurationSeconds: seconds = 3600, Policy, ExternalId } = input;
  if (!/^[\w+=,.@-]{2,64}$/.test(name))
    throw invalid(`Value '${name}' at 'roleSessionName' failed to satisfy constraint`);
  if (seconds < 900 || seconds > 3600)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  if (ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(ExternalId))
    throw invalid(`Value '${ExternalId}' at 'externalId' failed to satisfy constraint`);
  if ((Policy ?? '').length > 2048)
    throw invalid("Value at 'policy' failed to satisfy constraint: length at most 2048");
  const role = world.roles.get(arn.replace(/^arn:aws[a-z-]*:/, 'arn:aws:'));
  // AWS gives the same answer for a role that does not exist, and for one that does not trust the caller.
  if (!role || role.trusts !== caller.account || (role.externalId ?? ExternalId) !== ExternalId)
    throw new ApiError(
      'AccessDenied',
      `User: arn:${partitionIn(caller.region)}:sts::${caller.account}:assumed-role/golden/${caller.run?.name ?? 'somebody'} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      403,
    );
  const AccessKeyId = `ASIA${String(world.sessions.size + 1).padStart(16, '0')}`;
  const until = world.clock.now() + seconds * 1000;
  const account = arn.split(':')[4] ?? '';
  world.sessions.set(AccessKeyId, {
    role: arn,
    account,
    until,
    actions: Policy === undefined ? undefined : actionsIn(Policy),
  });
  return {
    Credentials: { AccessKeyId, SecretAccessKey: 'secret', SessionToken: 'token', Expiration: new Date(until) },
    AssumedRoleUser: {
      Arn: `${arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${name}`,
      AssumedRoleId: `AROA:${name}`,
    },
  };
}

/** Only policies that allow actions on everything are understood. */
function actionsIn(policy: string): string[] {
  const { Version, Statement } = JSON.parse(policy) as { Version: string; Statement: Record<string, unknown>[] };
  return Statement.flatMap(({ Effect, Action, Resource, ...others }) => {
    if (Version !== '2012-10-17' || Effect !== 'Allow' || Resource !== '*' || Object.keys(others).length > 0)
      throw new Error(`the simulator does not understand the session policy ${policy}`);
    return Action as string[];
  });
}

/** The caller that has these credentials. */
export function callerWith(world: World, caller: Caller, credentials?: RoleCredentials): Caller {
  if (!credentials) return caller;
  const session = world.sessions.get(credentials.accessKeyId);
  if (!session) throw new Error(`STS never gave out ${credentials.accessKeyId}`);
  const { account, ...given } = session;
  return { ...caller, account, session: given };
}

/** Refuses what the session's policy does not allow, and everything once the session has expired. */
export function refuseOutsideSession(
  world: World,
  service: string,
  action: string,
  { account, region, session }: Caller,
): void {
  if (!session) return;
  const [forEc2, code] = [service === 'ec2', `${service}:${action}`];
  if (world.clock.now() >= session.until)
    throw new ApiError(
      forEc2 ? 'RequestExpired' : 'ExpiredTokenException',
      'The security token included in the request is expired',
    );
  if (session.actions?.includes(code) ?? true) return;
  const message = `User: arn:${partitionIn(region)}:sts::${account}:assumed-role/${session.role.split('/').at(-1)} is not authorized to perform: ${code} because no session policy allows the ${code} action`;
  throw new ApiError(forEc2 ? 'UnauthorizedOperation' : 'AccessDeniedException', message, forEc2 ? 403 : 400);
}
