import { expect, test } from '@jest/globals';
import { quotaNotes, quotaProblems } from '../../../core/forecast/quotas.ts';
import type { Seen } from '../../../core/preflight/facts.ts';
import { told } from '../../../core/recipe/recipe.ts';
import { nitro } from '../../support/facts.ts';
import { planOf } from '../../support/plan.ts';

const types = [nitro('t3.small', { vcpus: 2 }), nitro('m5.4xlarge', { vcpus: 16 }), nitro('g5.xlarge', { vcpus: 4 })];

function findings(instanceTypes: string[], most: number, running: number) {
  const { document } = planOf({ builder: { instanceTypes, instanceProfile: 'builder' } });
  const facts = { region: 'us-east-1', vcpus: { found: { most, running } }, instanceTypes: { found: types } };
  return { problems: told(quotaProblems(document, facts)), notes: told(quotaNotes(document, facts)) };
}

const none = { problems: [], notes: [] };
const never = (needed: number, most: number) =>
  `builder.instanceTypes: need at least ${needed} vCPUs, and the account may run ${most} in us-east-1; have the quota L-1216C47A of EC2 (running On-Demand standard instances) raised, or name a smaller type`;
const later =
  'builder.instanceTypes: need at least 2 vCPUs, and 4 of the 5 that the account may run in us-east-1 are in use now; Launch waits until others have ended (quota L-1216C47A of EC2)';

test.each<[string, string[], number, number, typeof none]>([
  ['there is room', ['t3.small'], 5, 3, none],
  ['others use the room', ['t3.small'], 5, 4, { problems: [], notes: [later] } as never],
  ['no type can ever run', ['m5.4xlarge'], 5, 0, { problems: [never(16, 5)], notes: [] } as never],
  ['the smallest type can run', ['m5.4xlarge', 't3.small'], 5, 3, none],
  ['a type has another quota', ['g5.xlarge', 't3.small'], 0, 0, none],
  ['a type is not known', ['m9.large'], 0, 0, none],
])('vCPUs: %s', (_, instanceTypes, most, running, expected) => {
  expect(findings(instanceTypes, most, running)).toEqual(expected);
});

test('vCPUs of a Spot Instance have a quota of their own, which is a note where it is used up', () => {
  const { document } = planOf({ builder: { instanceTypes: ['t3.small'], instanceProfile: 'builder', spot: true } });
  const notes = (most: number, running: number) => {
    const vcpus = { found: { most: 5, running: 0, spot: { most, running } } };
    return told(quotaNotes(document, { region: 'us-east-1', vcpus, instanceTypes: { found: types } }));
  };
  expect(notes(5, 3)).toEqual([]);
  expect(notes(5, 4)).toEqual([
    'builder.spot: needs at least 2 vCPUs, and 4 of the 5 that the account may run as spot in us-east-1 are in use now; unless others end, the builder starts on demand (quota L-34B43A08 of EC2)',
  ]);
});

test('a quota that AWS does not show is a note', () => {
  const vcpus: Seen<never> = { refused: 'servicequotas:GetServiceQuota in us-east-1: AccessDeniedException' };
  const notes = quotaNotes(planOf().document, { region: 'us-east-1', vcpus, instanceTypes: { found: types } });
  expect(told(notes)).toEqual([
    'builder.instanceTypes: could not see how many vCPUs the account may run, so a launch may have to wait: servicequotas:GetServiceQuota in us-east-1: AccessDeniedException',
  ]);
});
