import type { Plan } from '../../build/plan.ts';
import { nameOfStep, type Command } from '../../guest/command.ts';
import { packageChanges, type PackageChanges } from '../../guest/inventory.ts';
import type { PageFacts } from './facts.ts';

/** How a build differs from the published one that it replaces. */
export interface BuildChanges {
  /** The build that is replaced. */
  since: string;
  source?: { from: { ami: string; name: string }; to: { ami: string; name: string } };
  /** The recipe of both builds, with the deployment's defaults, if they differ. */
  recipe?: { from: object; to: object };
  /** Names of steps and checks whose content differs. A recipe names a script only by its path. */
  commands: string[];
  /** Absent if one of the builds has no inventory. */
  packages?: PackageChanges;
}

export function buildChangesOf({ plan, before, packages }: PageFacts): BuildChanges | undefined {
  if (!plan || !before) return undefined;
  const [old, now] = [before.plan, plan];
  const from = { ami: old.source.ami, name: old.source.name };
  const to = { ami: now.source.ami, name: now.source.name };
  const same = JSON.stringify(old.document) === JSON.stringify(now.document);
  return {
    since: old.build,
    ...(from.ami !== to.ami && { source: { from, to } }),
    ...(!same && { recipe: { from: old.document, to: now.document } }),
    commands: [...changedCommands(old, now, 'provision'), ...changedCommands(old, now, 'checks')],
    ...(before.packages && packages && { packages: packageChanges(before.packages, packages) }),
  };
}

const contentOf = ({ document, parameters }: Command) => JSON.stringify({ document, parameters });

function changedCommands(old: Plan, now: Plan, which: 'provision' | 'checks'): string[] {
  const before = new Map(old[which].map((command) => [command.name, contentOf(command)]));
  // The script of a reboot has the build's id in it.
  const reboots = new Set(now.document.provision.flatMap((step, at) => (step.reboot ? [nameOfStep(step, at)] : [])));
  return now[which]
    .filter((command) => before.has(command.name) && before.get(command.name) !== contentOf(command))
    .filter(({ name }) => which === 'checks' || !reboots.has(name))
    .map(({ name }) => name);
}
