import type { GroupFacts } from '../preflight/facts.ts';

/** Nothing comes in, and the agent of Systems Manager gets out. */
const isolates = ({ inbound, https }: GroupFacts): boolean => !inbound && https;

const idsOf = (groups: GroupFacts[]): string[] => groups.map(({ group }) => group);

/** The VPC of a group that EC2 does not show. */
const hidden = '';

/** Security groups by their ids. A group that EC2 does not show may let anything in, so it counts as open. */
export const rulesOf = (ids: string[], seen: GroupFacts[]): GroupFacts[] =>
  ids.map((id) => seen.find(({ group }) => group === id) ?? { group: id, vpc: hidden, https: false, inbound: true });

const vpcOf = (groups: GroupFacts[]): string | undefined => groups.find(({ vpc }) => vpc !== hidden)?.vpc;

/**
 * The security groups of an instance while it is held: its own where none of them lets anything in, else only those of its own
 * that do not, else the deployment's. Endpoints of a VPC may admit only some groups, so a group goes only if it must. Undefined if
 * there is no such group in the VPC.
 */
export function groupsOfHold(own: GroupFacts[], deployments: GroupFacts[]): string[] | undefined {
  if (!own.some(({ inbound }) => inbound)) return idsOf(own);
  const vpc = vpcOf(own);
  const possible = [own.filter(isolates), deployments.filter((one) => one.vpc === vpc && isolates(one))];
  const found = possible.find((groups) => groups.length > 0);
  return found && idsOf(found);
}

/** Why an instance with these groups cannot be held, and what to do. */
export function notIsolated(own: GroupFacts[]): string {
  const vpc = vpcOf(own) ?? 'its VPC';
  const open = idsOf(own.filter((one) => one.inbound && one.vpc !== hidden));
  const unseen = idsOf(own.filter((one) => one.vpc === hidden));
  const reasons = [
    ...(open.length > 0 ? [`${open.join(', ')} of ${vpc} ${open.length === 1 ? 'lets' : 'let'} something in`] : []),
    ...(unseen.length > 0 ? [`EC2 does not show ${unseen.join(', ')}, so what it lets in is unknown`] : []),
    `the deployment has no security group in ${vpc} that lets nothing in and HTTPS out`,
  ];
  return `${reasons.join(', and ')}; add a group like that to builder.securityGroups: a held instance keeps only that one`;
}
