import { accountCopiesOf } from '../accounts/account-copies.ts';
import { firstRound, type PastFailures } from '../copying/copy-order.ts';
import type { Command } from '../guest/command.ts';
import { speedToRestore } from '../launch/disks.ts';
import { isImported } from '../launch/registrable.ts';
import { runsUntilCapture } from '../launch/capture.ts';
import { atTheFoot } from '../launch/ladder.ts';
import { awaitedStop } from '../build/awaited.ts';
import type { Plan } from '../build/plan.ts';

/**
 * What the state machine passes along: numbers, names and regions for its Maps, where each instance's search for a place
 * begins, and whether copies are made beside the checks. Everything else is in the plan.
 */
export function workOf(plan: Plan, past: PastFailures) {
  const { provision, checks, skipped, document } = plan;
  const items = (commands: Command[]) => commands.map(({ index, name }) => ({ index, name }));
  return {
    provision: items(provision),
    checks: items(checks),
    ...(skipped && { skipped }), // for readers of the history
    ...(document.source.disk && (isImported(document) ? { import: true } : { disk: true })),
    builder: atTheFoot(plan),
    candidate: atTheFoot(plan),
    seal: {
      capture: runsUntilCapture(document) ? 'running' : 'stopped',
      register: document.image.register ?? false,
      shutsDown: provision.at(-1)?.shutsDown ?? false,
      disk: speedToRestore(plan) ?? null,
      wait: awaitedStop(plan),
    },
    targets: document.distribute.map(({ region, id = null }) => ({ region, id })),
    accountCopies: accountCopiesOf(document).map(({ region, id = null, account }) => ({ region, id, account })),
    order: firstRound(document.copies, past),
  };
}
