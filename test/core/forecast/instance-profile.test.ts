import { expect, test } from '@jest/globals';
import { profileNotes, profileProblems, type ProfileSeen } from '../../../core/forecast/instance-profile.ts';
import type { Seen } from '../../../core/preflight/facts.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { planOf } from '../../support/plan.ts';

const name = 'golden-image-builder';

test.each<[string, Seen<ProfileSeen>, string[], string[]]>([
  ['with a role is right', { found: { roles: [name] } }, [], []],
  [
    'that does not exist is a problem',
    { found: undefined },
    [`builder.instanceProfile: IAM has no instance profile ${name} in this account; create it, or name another`],
    [],
  ],
  [
    'without a role is a problem',
    { found: { roles: [] } },
    [
      `builder.instanceProfile: the instance profile ${name} has no role, so the SSM agent has no permissions and is never online; add a role to it`,
    ],
    [],
  ],
  [
    'that IAM does not show is a note',
    { refused: 'AccessDenied' },
    [],
    [`builder.instanceProfile: could not see whether the instance profile ${name} has a role: AccessDenied`],
  ],
])('an instance profile %s', (_, seen, problems, notes) => {
  const { document } = planOf();
  expect([told(profileProblems(document, seen)), told(profileNotes(document, seen))]).toEqual([problems, notes]);
});
