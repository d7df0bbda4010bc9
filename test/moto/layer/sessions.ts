import { motoAccount, query, textOf, textsOf, type HttpAnswer } from '../wire.ts';

/*
 * Roles of other accounts. moto gives credentials of any role, even of one that does not exist, and judges no policy. On AWS, the role's
 * trust policy decides, and a session may do what both the role's policies and the session's policy allow:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
 */

/** A role that a function has assumed. */
export interface Session {
  account: string;
  /** Its ARN. */
  role: string;
  allows: (action: string) => boolean;
}

export interface Sessions {
  /** The session whose access key signed a call. */
  of(accessKey: string): Session | undefined;
  assumeRole(form: URLSearchParams, pass: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

interface Policy {
  Statement: { Action: string | string[]; Condition?: { StringEquals?: Record<string, string> } }[];
}

const actionsIn = (...policies: Policy[]): Set<string> =>
  new Set(policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)));

const refused = (role: string): HttpAnswer => ({
  status: 403,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole on resource: ${role}</Message></Error><RequestId>layer</RequestId></ErrorResponse>`,
});

export function createSessions(port: number): Sessions {
  const sessions = new Map<string, Session>();
  const iam = (account: string, parameters: Record<string, string>) =>
    query(port, 'us-east-1', parameters, { service: 'iam', version: '2010-05-08', account });
  // moto gives a policy that its CloudFormation made as Python writes it, in single quotes.
  const policyIn = (xml: string, element: string) =>
    JSON.parse(decodeURIComponent(textOf(xml, element) ?? '').replaceAll("'", '"')) as Policy;

  async function policiesOf(account: string, RoleName: string): Promise<Policy[]> {
    const names = textsOf(await iam(account, { Action: 'ListRolePolicies', RoleName }), 'member');
    return Promise.all(
      names.map(async (PolicyName) =>
        policyIn(await iam(account, { Action: 'GetRolePolicy', RoleName, PolicyName }), 'PolicyDocument'),
      ),
    );
  }

  return {
    of: (accessKey) => sessions.get(accessKey),
    async assumeRole(form, pass) {
      const role = form.get('RoleArn') ?? '';
      const [, account = motoAccount, name = ''] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(role) ?? [];
      const found = await iam(account, { Action: 'GetRole', RoleName: name }).catch(() => undefined);
      if (found === undefined) return refused(role);
      const [trust] = policyIn(found, 'AssumeRolePolicyDocument').Statement;
      const externalId = trust?.Condition?.StringEquals?.['sts:ExternalId'];
      if (externalId !== undefined && externalId !== form.get('ExternalId')) return refused(role);
      const answer = await pass();
      const ofRole = actionsIn(...(await policiesOf(account, name)));
      const ofSession = actionsIn(JSON.parse(form.get('Policy') ?? '{"Statement":[]}') as Policy);
      sessions.set(textOf(answer.body.toString(), 'AccessKeyId') ?? '', {
        account,
        role,
        allows: (action) => ofRole.has(action) && ofSession.has(action),
      });
      return answer;
    },
  };
}
