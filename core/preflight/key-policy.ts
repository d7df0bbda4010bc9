import { isAccount } from '../distribute/permissions.ts';
import { isMap } from '../is-map.ts';

/** Somebody who is to use a key: an account by its id, an organization or an organizational unit by its ARN. */
export type KeyUser = string;

/** `unclear`: the policy has conditions that are not understood here. */
type KeyVerdict = 'allowed' | 'denied' | 'unclear';

interface Asked {
  user: KeyUser;
  action: string;
  /** Where the key is. */
  region: string;
  /** The account that owns the key. */
  owner: string;
  /** The service that uses the key for the user. Default ec2. */
  service?: string;
}

const listOf = (value: unknown): string[] => [value].flat().filter((one) => typeof one === 'string');

/** IAM's `*` and `?`. Actions and condition keys do not depend on case. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test(text);

/** The ids in an ARN of an organization (`o-…`) or a unit (`o-…` and `ou-…`). */
const idsIn = (user: KeyUser): string[] => user.split('/').slice(1);

type Answer = 'yes' | 'no' | 'perhaps';
const known = (is: boolean): Answer => (is ? 'yes' : 'no');

function principalAnswer(statement: Record<string, unknown>, { user, owner }: Asked): Answer {
  const { Principal: principal } = statement;
  if (principal === undefined) return 'perhaps'; // NotPrincipal
  const named = isMap(principal) ? listOf(principal['AWS']) : listOf(principal);
  if (named.includes('*')) return 'yes';
  const accounts = named.map((one) => /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(one)?.[1]);
  if (isAccount(user)) {
    const whole = named.some((one) => one === user || one.endsWith(`::${user}:root`));
    // One role of an account may use the key. A Deny for one role is none for the account.
    return known(whole || (statement['Effect'] === 'Allow' && accounts.includes(user)));
  }
  // The members of an organization may be listed one by one.
  return accounts.some((one) => one !== undefined && one !== owner) ? 'perhaps' : 'no';
}

function actionAnswer({ Action, NotAction }: Record<string, unknown>, { action }: Asked): Answer {
  const isIn = (list: unknown) => listOf(list).some((pattern) => matches(pattern, action));
  return known(Action === undefined ? !isIn(NotAction) : isIn(Action));
}

/** How a condition answers for a use of the key by a service. https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
function conditionAnswer(operator: string, key: string, values: string[], asked: Asked): Answer {
  const { user, region, action, service = 'ec2' } = asked;
  const isAny = (texts: string[]) => known(values.some((value) => texts.some((text) => matches(value, text))));
  if (/^Bool$/i.test(operator) && /^kms:GrantIsForAWSResource$/i.test(key))
    return action === 'kms:CreateGrant' ? known(values.includes('true')) : 'no';
  if (!/^(ForAnyValue:)?String(Equals|Like)$/i.test(operator)) return 'perhaps';
  switch (key.toLowerCase()) {
    case 'kms:viaservice':
      return isAny([`${service}.${region}.amazonaws.com`, `${service}.${region}.amazonaws.com.cn`]);
    case 'kms:calleraccount':
    case 'aws:principalaccount':
      return isAccount(user) ? isAny([user]) : 'perhaps';
    case 'aws:principalorgid':
      return isAccount(user) ? 'perhaps' : isAny(idsIn(user).slice(0, 1));
    case 'aws:principalorgpaths':
      return idsIn(user)[1] !== undefined && values.some((value) => value.includes(`/${idsIn(user)[1]}`))
        ? 'yes'
        : 'perhaps';
    default:
      return 'perhaps';
  }
}

const conditionsOf = ({ Condition: condition }: Record<string, unknown>) =>
  Object.entries(isMap(condition) ? condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isMap(keys) ? keys : {}).map(([key, values]) => ({ operator, key, values: listOf(values) })),
  );

function applies(statement: Record<string, unknown>, asked: Asked): Answer {
  const answers = [
    principalAnswer(statement, asked),
    actionAnswer(statement, asked),
    ...conditionsOf(statement).map(({ operator, key, values }) => conditionAnswer(operator, key, values, asked)),
  ];
  return answers.includes('no') ? 'no' : answers.includes('perhaps') ? 'perhaps' : 'yes';
}

/**
 * Whether a key policy lets a user do something with the key through a service. Not a whole evaluation by IAM: the user's own policies,
 * grants and service control policies are not seen from here.
 */
export function keyVerdict(policy: string, asked: Asked): KeyVerdict {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    return 'unclear';
  }
  const statements = [isMap(document) ? document['Statement'] : undefined].flat().filter(isMap);
  const answers = (effect: string) =>
    statements.filter(({ Effect }) => Effect === effect).map((statement) => applies(statement, asked));
  const [allow, deny] = [answers('Allow'), answers('Deny')];
  if (deny.includes('yes')) return 'denied';
  if (allow.includes('yes')) return deny.includes('perhaps') ? 'unclear' : 'allowed';
  return allow.includes('perhaps') ? 'unclear' : 'denied';
}
