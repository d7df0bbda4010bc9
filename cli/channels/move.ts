import { callerArn } from '../../aws/caller.ts';
import { describeExecution } from '../../aws/executions/executions.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { randomUUID } from 'node:crypto';
import { findPipeline, type Pipeline, type PipelineOptions } from '../deployed/deployment.ts';
import { interruptedCode, watch } from '../deployed/follow.ts';
import { refusal } from '../refusal.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { heading } from '../screen/screen.ts';
import { painter, type Terminal } from '../screen/terminal.ts';

interface MoveOptions extends PipelineOptions {
  why?: string;
  /** Only say what would be done. */
  plan?: boolean;
  /** Do not ask. */
  yes?: boolean;
}

type Asked = Omit<MoveRequest, 'who' | 'plan' | 'why'>;

/** What an execution of move-channel ends with. */
interface MoveOutput {
  moves: PlannedMove[];
}

const machineOfMoves = ({ machine }: Pipeline) => machine.replace(/build-image$/, 'move-channel');

/** Moves a channel with the deployed pipeline, and shows that until it ends. With a person at the terminal, asks first. */
export async function moveChannelBy(
  asked: Asked,
  options: MoveOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const pipeline = await findPipeline(options, surroundings);
  const { json = false, why, plan = false, yes = false } = options;
  const write = (text: string) => (json ? terminal.err(text) : terminal.out(text));
  const tell = { json, write, terminal };
  const who = await callerArn(pipeline.aws);
  const input = { ...asked, who, ...(why !== undefined && { why }) };
  const asks = terminal.isTTY && !json && !yes;
  let pinned = {};
  if (plan || asks) {
    const planned = await runMachine({ ...input, plan: true }, pipeline, surroundings, async () => true);
    if (planned.is !== 'done') return tellFailure(planned, tell);
    write(`\n${tableOfMoves(planned.output.moves, terminal)}\n\n`);
    if (plan && json) terminal.out(`${JSON.stringify({ status: 'planned', ...planned.output }, null, 2)}\n`);
    if (plan) return 0;
    if (!(await surroundings.confirms(`  Move ${channelsOf(planned.output)}?`))) {
      write('  Nothing was moved.\n\n');
      return interruptedCode;
    }
    // What was shown is what is done, even if another build is published meanwhile.
    const [first] = planned.output.moves;
    pinned = first && planned.output.moves.length === 1 ? { channel: first.channel, build: first.move.to.build } : {};
  }
  const sheet = { columns: terminal.columns, colour: terminal.colour && !json, isTTY: terminal.isTTY && !json };
  write(`\n${heading(sheet, 'elapsed')}\n`);
  const ended = await runMachine({ ...input, ...pinned }, pipeline, surroundings, (execution) =>
    watch(execution, pipeline, { sheet, write, surroundings }, 'the move'),
  );
  if (ended.is === 'left') {
    write(`\n  Left; the move goes on: golden history ${asked.recipe}${pipeline.options} tells how it ends.\n\n`);
    return interruptedCode;
  }
  if (ended.is === 'failed') return tellFailure(ended, tell);
  write(`\n${painter(sheet)('green', '  moved')}\n${tableOfMoves(ended.output.moves, terminal)}\n\n`);
  if (json) terminal.out(`${JSON.stringify({ status: 'moved', ...ended.output }, null, 2)}\n`);
  return 0;
}

const channelsOf = ({ moves }: MoveOutput): string => moves.map(({ parameter }) => parameter).join(', ');

type Ended = { is: 'done'; output: MoveOutput } | { is: 'failed'; error: string; cause: string } | { is: 'left' };

const second = 1000;

/** Starts move-channel and waits for its end. @param follow Shows the execution; false if the user leaves. */
async function runMachine(
  input: MoveRequest,
  pipeline: Pipeline,
  surroundings: Surroundings,
  follow: (execution: string) => Promise<boolean>,
): Promise<Ended> {
  const name = `${input.verb}-${input.recipe}-${randomUUID().slice(0, 8)}`;
  const { arn } = await startExecution(pipeline.aws, machineOfMoves(pipeline), name, input);
  if (!(await follow(arn))) return { is: 'left' };
  const { signal } = new AbortController();
  for (;;) {
    const { status, output, error = status ?? 'UNKNOWN', cause } = (await describeExecution(pipeline.aws, arn)) ?? {};
    if (status === 'SUCCEEDED') return { is: 'done', output: JSON.parse(output ?? '{}') as MoveOutput };
    if (status !== 'RUNNING') return { is: 'failed', error, cause: failureMessage({ Error: error, Cause: cause }) };
    await surroundings.sleep(second, signal);
  }
}

/** Shows why a channel did not move. @returns the exit code: 2 if the request was refused, else 1. */
function tellFailure(
  ended: Exclude<Ended, { is: 'done' }>,
  { json, terminal }: { json: boolean; terminal: Terminal },
): number {
  const { error, cause } = ended.is === 'failed' ? ended : { error: 'Left', cause: 'the execution was not followed' };
  const refused = error === 'RecipeInvalid' || error === 'MoveRefused';
  terminal.err(`\n  ${error}\n${cause.replaceAll(/^/gm, '    ')}\n\n`);
  if (json && refused) terminal.out(refusal([{ path: [], message: cause, place: {} }]));
  else if (json) terminal.out(`${JSON.stringify({ status: 'failed', error, cause }, null, 2)}\n`);
  return refused ? 2 : 1;
}

/** One line for each channel and region: from which image to which. */
function tableOfMoves(moves: PlannedMove[], terminal: Terminal): string {
  const rows = moves.flatMap(({ parameter, move: { from, to, before, after } }) =>
    after.map(({ region, ami }, index): Cell[] => {
      const held = before.find((value) => value.region === region)?.ami;
      return [
        { text: index === 0 ? parameter : '' },
        { text: region },
        { text: held === undefined ? 'nothing' : (from?.build ?? held), style: 'dim' },
        { text: to.build },
        { text: `${held ?? '–'} → ${ami}`, style: 'dim' },
      ];
    }),
  );
  return columns(['Channel', 'Region', 'From', 'To', 'AMI'], rows, terminal);
}
