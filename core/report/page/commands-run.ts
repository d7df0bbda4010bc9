import { spanOf } from '../../build/phases.ts';
import type { Timing } from '../../build/timings.ts';
import type { Command } from '../../guest/command.ts';
import type { PageFacts, CommandOutput } from './facts.ts';

/** A step or a check, and how it went. */
export interface CommandRun {
  name: string;
  /** The kind of its content, such as the SSM document that ran it. */
  document: string;
  /** `went on`: it failed, and the build went on, as its onFailure says. */
  outcome: 'done' | 'failed' | 'went on' | 'not run';
  /** How often it was tried. */
  attempts: number;
  /** From the state that sent it to the end of its wait. Null if it did not run. */
  seconds: number | null;
  /** More than one if the command was sent again. */
  outputs: CommandOutput[];
}

const states = {
  provision: { sends: 'SendCommand', awaits: 'AwaitCommand' },
  check: { sends: 'SendCheck', awaits: 'AwaitCheck' },
};

/** The steps of a build, or its checks, in their order. The last one that began is the one that failed, if such a state failed. */
export function commandsRun(
  phase: keyof typeof states,
  commands: Command[],
  { timings, manifest: { failure, failedSteps = [] }, outputs }: Pick<PageFacts, 'timings' | 'manifest' | 'outputs'>,
): CommandRun[] {
  const { sends, awaits } = states[phase];
  const own = timings.filter(({ state, index }) => (state === sends || state === awaits) && index !== undefined);
  const last = Math.max(-1, ...own.map(({ index = -1 }) => index));
  const broke = failure?.state === sends || failure?.state === awaits;
  const passedOver = new Set(phase === 'provision' ? failedSteps.map((step) => step.name) : []);
  return commands.map(({ index, name, document }) => {
    const visits = own.filter((timing) => timing.index === index);
    const ran = visits.length > 0;
    return {
      name,
      document,
      outcome: !ran ? 'not run' : broke && index === last ? 'failed' : passedOver.has(name) ? 'went on' : 'done',
      attempts: visits.filter(({ state }) => state === awaits).length,
      seconds: ran ? secondsFromTo(visits) : null,
      // By name: a retry on a held instance gives a step another place.
      outputs: outputs.filter((one) => one.phase === phase && one.name === name),
    };
  });
}

function secondsFromTo(visits: Timing[]): number {
  const spans = visits.map(spanOf);
  return (Math.max(...spans.map(({ to }) => to)) - Math.min(...spans.map(({ from }) => from))) / 1000;
}
