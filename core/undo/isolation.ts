import type { GroupFacts } from '../preflight/facts.ts';

/** Nothing comes in, and the agent of Systems Manager gets out. */
const isolates = ({ inbound, https }: GroupFacts): boolean => !inbound && https;

/**
 * The security groups of an instance while it is held: its own where none of them lets anything in, else only those of its own
 * that do not, else the deployment's. Endpoints of a VPC may admit only some groups, so a group goes only if it must. Undefined if
 * there is no such group in the VPC.
 */
export function groupsOfHold(own: GroupFacts[], deployments: GroupFacts[]): string[] | undefined {
  const idsOf = (groups: GroupFacts[]) => groups.map(({ group }) => group);
  if (!own.some(({ inbound }) => inbound)) return idsOf(own);
  const vpc = own[0]?.vpc;
  const possible = [own.filter(isolates), deployments.filter((one) => one.vpc === vpc && isolates(one))];
  const found = possible.find((groups) => groups.length > 0);
  return found && idsOf(found);
}

/** Why an instance with these groups cannot be held, and what to do. */
export function notIsolated(own: GroupFacts[]): string {
  const open = own.filter(({ inbound }) => inbound).map(({ group }) => group);
  const vpc = own[0]?.vpc ?? '';
  return `${open.join(', ')} of ${vpc} ${open.length === 1 ? 'lets' : 'let'} something in, and the deployment has no security group in ${vpc} that lets nothing in and HTTPS out; add a group like that to builder.securityGroups: a held instance keeps only that one`;
}
