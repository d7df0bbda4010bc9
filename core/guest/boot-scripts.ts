import { installAgent } from './install-agent.ts';
import type { Plan } from '../build/plan.ts';
import { selfDestruct } from './self-destruct.ts';
import type { Role } from '../tags.ts';

const boundary = '==golden-image-pipeline==';

const part = (type: string, text: string) => `--${boundary}
Content-Type: text/${type}; charset="us-ascii"

${text}`;

/**
 * User data of an instance: its self-destruct, and for a builder the SSM agent where the recipe says so. The candidate
 * finds the agent in the image, or fails its checks as every instance of the image would. cloud-init reads several scripts
 * as parts of a MIME message: https://cloudinit.readthedocs.io/en/latest/explanation/format.html
 */
export function bootScripts(plan: Plan, role: Role): string {
  const own = selfDestruct(plan, role);
  if (role !== 'builder' || !plan.document.builder.installAgent) return own;
  return `MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="${boundary}"

${part('cloud-boothook', own)}
${part('x-shellscript', installAgent(plan.region))}
--${boundary}--
`;
}
