import { actions } from '../rules/provision-rules.ts';
import type { Rule } from '../rules/rule.ts';

/** Why a builder of Windows is no Spot Instance. AWS does not say what becomes of a one-time Spot Instance that shuts down. */
export const notOnWindows =
  'does not go with Windows: Sysprep shuts the builder down, and EC2 may end a Spot Instance that shuts down';

/** Rules about the Spot Instance of a recipe. */
export const spotRules: Rule[] = [
  {
    says: 'builder.spotMaxPrice goes with builder.spot: true only.',
    look({ builder }, report) {
      if (builder?.spotMaxPrice !== undefined && builder.spot !== true)
        report(['builder', 'spotMaxPrice'], 'goes with spot: true only');
    },
  },
  {
    says: 'A Spot Instance does not go with Windows, and not with image.register unless it is captured running: EC2 cannot stop it.',
    look(parts, report) {
      if (parts.builder?.spot !== true) return;
      if (actions(parts).some(({ action }) => action.powershell !== undefined || action.script?.endsWith('.ps1')))
        report(['builder', 'spot'], notOnWindows);
      if (parts.image?.register && parts.image.capture === 'stopped')
        report(
          ['builder', 'spot'],
          'does not go with image.register, for which the builder is stopped, and EC2 cannot stop a Spot Instance; set image.capture: running, or leave one of them out',
        );
    },
  },
];
