import { describe, expect, test } from '@jest/globals';
import { keyVerdict } from '../../../core/preflight/key-policy.ts';
import { keyUserNotes, keyUserProblems } from '../../../core/preflight/key-users.ts';
import { formatPath } from '../../../core/recipe/recipe.ts';
import { factsWith, settings } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

const owner = '111122223333';
const user = '444455556666';
const organization = 'arn:aws:organizations::111122223333:organization/o-exampleorgid';
const unit = 'arn:aws:organizations::111122223333:ou/o-exampleorgid/ou-ab12-34567890';

const root = (id: string) => ({ AWS: `arn:aws:iam::${id}:root` });
const own = { Effect: 'Allow', Principal: root(owner), Action: 'kms:*', Resource: '*' };
const allow = (changes: object = {}) => ({
  Effect: 'Allow',
  Principal: root(user),
  Action: 'kms:*',
  Resource: '*',
  ...changes,
});
const onlyIf = (operator: string, key: string, value: unknown, changes: object = {}) =>
  allow({ ...changes, Condition: { [operator]: { [key]: value } } });
const everybody = { Principal: '*' };

const verdict = (statements: unknown[], asking = user, action = 'kms:Decrypt') =>
  keyVerdict(JSON.stringify({ Version: '2012-10-17', Statement: statements }), {
    user: asking,
    action,
    region: 'eu-west-1',
    owner,
  });

describe('the policy of a key', () => {
  test.each<[string, 'allowed' | 'denied' | 'unclear', unknown[], string?, string?]>([
    ['says nothing of the account', 'denied', [own]],
    ['names the account', 'allowed', [own, allow()]],
    ['names the account by its id', 'allowed', [own, allow({ Principal: { AWS: [owner, user] } })]],
    [
      'names a role of the account',
      'allowed',
      [own, allow({ Principal: { AWS: `arn:aws:iam::${user}:role/launcher` } })],
    ],
    ['allows another action', 'denied', [own, allow({ Action: ['kms:Encrypt', 'kms:Describe*'] })]],
    [
      'allows the action by a pattern',
      'allowed',
      [own, allow({ Action: ['kms:ReEncrypt*'] })],
      user,
      'kms:ReEncryptFrom',
    ],
    ['allows all but some actions', 'allowed', [own, allow({ Action: undefined, NotAction: ['kms:Put*'] })]],
    ['names a service', 'denied', [own, allow({ Principal: { Service: 'ec2.amazonaws.com' } })]],
    ['allows everybody', 'allowed', [own, allow(everybody)]],
    ['allows all but some principals', 'unclear', [own, allow({ Principal: undefined, NotPrincipal: root(owner) })]],
    [
      'allows everybody of the account',
      'allowed',
      [own, onlyIf('StringEquals', 'kms:CallerAccount', [user], everybody)],
    ],
    [
      'allows everybody of another account',
      'denied',
      [own, onlyIf('StringEquals', 'kms:CallerAccount', owner, everybody)],
    ],
    [
      'allows an organization',
      'unclear',
      [own, onlyIf('StringEquals', 'aws:PrincipalOrgID', 'o-exampleorgid', everybody)],
    ],
    ['allows what EC2 asks', 'allowed', [own, onlyIf('StringLike', 'kms:ViaService', 'ec2.*.amazonaws.com')]],
    [
      'allows what EC2 asks elsewhere',
      'denied',
      [own, onlyIf('StringEquals', 'kms:ViaService', 'ec2.us-east-1.amazonaws.com')],
    ],
    [
      'allows grants for AWS',
      'allowed',
      [own, onlyIf('Bool', 'kms:GrantIsForAWSResource', 'true')],
      user,
      'kms:CreateGrant',
    ],
    ['has a condition on the address', 'unclear', [own, onlyIf('IpAddress', 'aws:SourceIp', '192.0.2.0/24')]],
    ['denies the account', 'denied', [own, allow(), allow({ Effect: 'Deny' })]],
    [
      'denies one role of the account',
      'allowed',
      [own, allow(), allow({ Effect: 'Deny', Principal: { AWS: `arn:aws:iam::${user}:role/x` } })],
    ],
    [
      'denies with a condition',
      'unclear',
      [own, allow(), onlyIf('Bool', 'aws:MultiFactorAuthPresent', 'false', { Effect: 'Deny' })],
    ],
    ['denies another action', 'allowed', [own, allow(), allow({ Effect: 'Deny', Action: 'kms:ScheduleKeyDeletion' })]],
    ['says nothing of the organization', 'denied', [own], organization],
    [
      'allows the organization',
      'allowed',
      [own, onlyIf('StringEquals', 'aws:PrincipalOrgID', 'o-exampleorgid', everybody)],
      organization,
    ],
    [
      'allows another organization',
      'denied',
      [own, onlyIf('StringEquals', 'aws:PrincipalOrgID', 'o-other', everybody)],
      organization,
    ],
    ['lists accounts, for an organization', 'unclear', [own, allow()], organization],
    [
      'allows the whole organization of a unit',
      'allowed',
      [own, onlyIf('StringEquals', 'aws:PrincipalOrgID', 'o-exampleorgid', everybody)],
      unit,
    ],
    [
      'allows the unit',
      'allowed',
      [
        own,
        onlyIf(
          'ForAnyValue:StringLike',
          'aws:PrincipalOrgPaths',
          'o-exampleorgid/r-ab12/ou-ab12-34567890/*',
          everybody,
        ),
      ],
      unit,
    ],
    [
      'allows another unit',
      'unclear',
      [own, onlyIf('ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', 'o-exampleorgid/r-ab12/ou-ab12-0/*', everybody)],
      unit,
    ],
  ])('%s: %s', (_, expected, statements, asking = user, action = 'kms:Decrypt') => {
    expect(verdict(statements, asking, action)).toBe(expected);
  });

  test.each(['', 'null', '[]', '{"Statement": 3}'])('that is %j says nothing', (text) => {
    const asked = { user, action: 'kms:Decrypt', region: 'eu-west-1', owner };
    expect(keyVerdict(text, asked)).toBe(text === '' ? 'unclear' : 'denied');
  });
});

describe('the key of a shared image', () => {
  const arn = `arn:aws:kms:eu-west-1:${owner}:key/1`;
  const distribute = [
    { region: 'us-east-1' },
    { region: 'eu-west-1', kmsKey: 'alias/golden', accounts: [user, '777788889999'] },
  ];
  const findings = (policy: { found: string } | { refused: string }, changes: object = { distribute }) => {
    const keys = { 'alias/golden': { arn, state: 'Enabled', awsManaged: false } };
    const found = { ...settings({ keys }), policies: { 'alias/golden': policy } };
    const facts = factsWith({ encryption: { 'us-east-1': { found: settings() }, 'eu-west-1': { found } } });
    const lines = (all: ReturnType<typeof keyUserNotes>) =>
      all.map(({ path, message }) => `${formatPath(path)}: ${message}`);
    const { document } = planOf(changes as Record<string, unknown>);
    return { problems: lines(keyUserProblems(document, facts)), notes: lines(keyUserNotes(document, facts)) };
  };
  const policyOf = (...statements: unknown[]) => ({ found: JSON.stringify({ Statement: statements }) });

  test('whose policy leaves out those with whom the image is shared is a problem, told once', () => {
    expect(findings(policyOf(own))).toEqual({
      problems: [
        `distribute[1]: is shared with ${user}, 777788889999, but the policy of the key alias/golden in eu-west-1 does not let them use it, so they could not launch the image; allow kms:Decrypt, kms:DescribeKey, kms:ReEncryptFrom, kms:CreateGrant there (grants do not count here)`,
      ],
      notes: [],
    });
  });

  test('whose policy names them is right, and one that leaves out an action or cannot be judged is a note', () => {
    const all = allow({ Principal: { AWS: [user, '777788889999'] } });
    expect(findings(policyOf(own, all))).toEqual({ problems: [], notes: [] });
    const some = { ...all, Action: ['kms:Decrypt', 'kms:Describe*', 'kms:ReEncrypt*'] };
    expect(findings(policyOf(own, some))).toEqual({
      problems: [],
      notes: [
        expect.stringContaining('in eu-west-1 does not allow kms:CreateGrant; see that they can launch the image'),
      ],
    });
    const { notes } = findings(policyOf(own, { ...all, Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }));
    expect(notes).toEqual([expect.stringContaining('has conditions on kms:Decrypt, kms:DescribeKey')]);
  });

  test('whose policy KMS does not show is a note, and an image that nobody shares asks for none', () => {
    const { problems, notes } = findings({ refused: 'kms:GetKeyPolicy: AccessDeniedException' });
    expect([problems, notes]).toEqual([
      [],
      [expect.stringContaining('could not see whether the policy of the key alias/golden')],
    ]);
    const alone = { distribute: [{ region: 'us-east-1' }, { region: 'eu-west-1', kmsKey: 'alias/golden' }] };
    expect(findings(policyOf(own), alone)).toEqual({ problems: [], notes: [] });
  });
});
