import type { Command } from 'commander';

/** The verbs in the order of help, below what one wants to do. */
export const verbGroups: Record<string, string[]> = {
  'Write recipes:': ['init', 'fmt', 'validate', 'render', 'simulate'],
  'Build:': ['plan', 'build', 'register', 'import', 'follow', 'shell', 'retry', 'cancel'],
  'See:': ['list', 'logs', 'report', 'inspect', 'status', 'history'],
  'Move channels:': ['promote', 'rollback', 'revoke', 'restore'],
  'Share:': ['share', 'distribute', 'policy'],
  'Retire:': ['retire', 'deregister', 'snapshots', 'archive', 'unarchive', 'sweep'],
  'Set up:': ['doctor', 'regions', 'completion'],
};

/** Puts the verbs of a program under their headings. */
export function groupVerbs(program: Command): void {
  const order = Object.entries(verbGroups).flatMap(([heading, names]) => names.map((name) => ({ name, heading })));
  const rank = (verb: Command) => order.findIndex(({ name }) => name === verb.name()) >>> 0;
  for (const verb of program.commands) verb.helpGroup(order[rank(verb)]?.heading ?? 'Further:');
  (program.commands as Command[]).sort((a, b) => rank(a) - rank(b));
}
