import { installAgent } from './install-agent.ts';
import type { Plan } from '../build/plan.ts';
import { selfDestruct } from './self-destruct.ts';
import type { Role } from '../tags.ts';

const boundary = '==golden-image-pipeline==';

const part = (type: string, text: string) => `--${boundary}
Content-Type: text/${type}; charset="us-ascii"

${text}`;

/**
 * User data of an instance: its self-destruct timer, and for a builder the installation of the SSM agent if the recipe asks for
 * it. A candidate must find the agent in the image, or its checks fail, as they would on every instance of the image. cloud-init
 * reads several scripts as parts of a MIME message: https://cloudinit.readthedocs.io/en/latest/explanation/format.html
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
