import { callerArn } from '../../aws/caller.ts';
import { describeExecution } from '../../aws/executions/executions.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { RevokedBuild, RevokeHits } from '../../core/channel/revocation.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import { inPlace, placeName } from '../../core/distribute/place.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { randomUUID } from 'node:crypto';
import { findBuild } from '../deployed/builds.ts';
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
  verb: MoveRequest['verb'];
  moves: PlannedMove[];
  /** Builds that are revoked or restored. */
  builds: RevokedBuild[];
  rebuild: string[];
  hits: RevokeHits | null;
}

const machineOfMoves = ({ machine }: Pipeline) => machine.replace(/build-image$/, 'move-channel');

/** Revokes or restores the build that a word names: see moveChannelBy. */
export async function changeBuildBy(
  wanted: string,
  asked: Pick<MoveRequest, 'verb' | 'descendants'>,
  options: MoveOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  const { recipe, build } = await findBuild(await findPipeline(options, surroundings), wanted);
  return moveChannelBy({ recipe, build, ...asked }, options, terminal, surroundings);
}

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
    write(`\n${shownMove(planned.output, terminal)}\n\n`);
    if (plan && json) terminal.out(`${JSON.stringify({ status: 'planned', ...planned.output }, null, 2)}\n`);
    if (plan) return 0;
    if (!(await surroundings.confirms(`  ${questionOf(planned.output)}?`))) {
      write('  Nothing was moved.\n\n');
      return interruptedCode;
    }
    // What was shown is what is done, even if another build is published meanwhile.
    const [first] = planned.output.moves;
    pinned = first && planned.output.builds.length === 0 ? { channel: first.channel, build: first.move.to.build } : {};
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
  write(`\n${painter(sheet)('green', `  ${pastOf[asked.verb]}`)}\n${shownMove(ended.output, terminal)}\n\n`);
  if (json) terminal.out(`${JSON.stringify({ status: pastOf[asked.verb], ...ended.output }, null, 2)}\n`);
  return 0;
}

const pastOf = { promote: 'moved', rollback: 'moved', revoke: 'revoked', restore: 'restored' };

function questionOf({ verb, moves, builds }: MoveOutput): string {
  const named = builds.map(({ recipe, build }) => `${recipe}-${build}`).join(', ');
  if (verb === 'restore') return `Restore ${named}`;
  const channels = moves.map(({ parameter }) => parameter).join(', ');
  return verb === 'revoke' ? `Revoke ${named}${channels && ` and move ${channels}`}` : `Move ${channels}`;
}

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

const andMore = (count: number): string => (count > 0 ? ` and ${count} more` : '');

/** What an execution does, or did: moves, images, and what a revoke hits. */
function shownMove({ verb, moves, builds, rebuild, hits }: MoveOutput, terminal: Terminal): string {
  const images = builds.flatMap(({ recipe, build, images: own }) =>
    own.map(({ region, ami }, index): Cell[] => [
      { text: index === 0 ? `${recipe}-${build}` : '' },
      { text: region },
      { text: ami },
      { text: verb === 'revoke' ? 'disabled' : 'enabled' },
    ]),
  );
  const lines = [
    ...(hits?.instances ?? []).map(
      ({ region, ami, count, first }) =>
        `runs on: ${count} instance${count === 1 ? '' : 's'} of ${ami} in ${region}: ${first.join(', ')}${andMore(count - first.length)}`,
    ),
    ...(hits && hits.sharedWith.length > 0
      ? [`may have instances, which nothing here shows: ${hits.sharedWith.join(', ')}${andMore(hits.moreUsers)}`]
      : []),
    ...(hits?.descendants ?? []).map(({ recipe, build }) => `made from it: ${recipe}-${build}`),
    ...(rebuild.length > 0 ? [`built again: ${rebuild.join(', ')}`] : []),
  ];
  return [
    ...(moves.length > 0 ? [tableOfMoves(moves, terminal)] : []),
    ...(images.length > 0 ? [columns(['Build', 'Region', 'AMI', 'Becomes'], images, terminal)] : []),
    ...(lines.length > 0 ? [lines.map((line) => `  ${line}`).join('\n')] : []),
  ].join('\n\n');
}

/** One line for each channel and region: from which image to which. */
function tableOfMoves(moves: PlannedMove[], terminal: Terminal): string {
  const rows = moves.flatMap(({ parameter, move: { from, to, before, after } }) =>
    after.map(({ ami, ...at }, index): Cell[] => {
      const held = inPlace(before, at)?.ami;
      return [
        { text: index === 0 ? parameter : '' },
        { text: placeName(at) },
        { text: held === undefined ? 'nothing' : (from?.build ?? held), style: 'dim' },
        { text: to.build },
        { text: `${held ?? '–'} → ${ami}`, style: 'dim' },
      ];
    }),
  );
  return columns(['Channel', 'Region', 'From', 'To', 'AMI'], rows, terminal);
}
