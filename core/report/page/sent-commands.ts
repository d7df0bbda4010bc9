import { eventPaths, type PlacedEvent } from '../../build/event-paths.ts';

/** A command that an execution sent: a step or a check, by its place in the recipe. */
export interface SentCommand {
  command: string;
  name: string;
  phase: 'provision' | 'check';
  index: number;
  /** Of a step that is tried again while it fails: which attempt it was, from 1. */
  attempt?: number;
}

/** The commands that an execution sent, in order, from the results of SendCommand and SendCheck. */
export function sentCommands(history: PlacedEvent[]): SentCommand[] {
  const pathOf = eventPaths();
  const byId = new Map<string, SentCommand>();
  for (const event of history) {
    const { map: [around] = [] } = pathOf(event);
    const { name: state, output } = (event['stateExitedEventDetails'] ?? {}) as { name?: string; output?: string };
    if (!around || (state !== 'SendCommand' && state !== 'SendCheck') || output === undefined) continue;
    const { sent } = JSON.parse(output) as {
      sent?: { command?: string; name?: string; attempt?: { number: number; of: number } };
    };
    if (sent?.command === undefined || sent.name === undefined) continue;
    const phase = around.state === 'Check' ? 'check' : 'provision';
    const { number = 1, of = 1 } = sent.attempt ?? {};
    const attempt = of > 1 ? { attempt: number } : {};
    byId.set(sent.command, { command: sent.command, name: sent.name, phase, index: around.index, ...attempt });
  }
  return [...byId.values()];
}

/** The streams of commands, those of the latest command first. A page has room for so many, and the failed step is the latest. */
export function latestFirst<S extends { command: string }>(streams: S[], sent: SentCommand[]): S[] {
  const places = new Map(sent.map(({ command }, place) => [command, place]));
  return streams.toSorted((a, b) => (places.get(b.command) ?? -1) - (places.get(a.command) ?? -1));
}
