import type { Plan } from '../build/plan.ts';
import type { Role } from '../tags.ts';
import { selfDestructSeconds } from './self-destruct.ts';
import { wholeUserData } from './first-boot.ts';

/**
 * User data of an instance: its self-destruct timer, and for a builder the recipe's user data and the installation of the SSM
 * agent if the recipe asks for them. A candidate must boot as servers will, and find the agent in the image.
 */
export function bootScripts(plan: Plan, role: Role): string {
  const [seconds, { windows }] = [selfDestructSeconds(plan, role), plan.source];
  if (role !== 'builder') return wholeUserData({ windows, seconds });
  const { userData: given, installAgent } = plan.document.builder;
  return wholeUserData({ windows, seconds, given, agentFrom: installAgent ? plan.region : undefined });
}
