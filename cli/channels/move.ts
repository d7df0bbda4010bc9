import { callerArn } from '../../aws/caller.ts';
import { startExecution } from '../../aws/executions/machines.ts';
import { accountPlaceName, inAccountPlace } from '../../core/accounts/account-copies.ts';
import type { BuildIdentity } from '../../core/tags.ts';
import type { PlannedMove } from '../../core/channel/channel-moves.ts';
import type { MovedTemplate } from '../../core/channel/moved-beside.ts';
import type { RevokedBuild } from '../../core/channel/revocation.ts';
import type { RevokeHits } from '../../core/channel/revoke-hits.ts';
import { saysUsage, type Hits } from '../../core/usage/hits.ts';
import type { MoveRequest } from '../../core/channel/move-request.ts';
import { inPlace, placeName } from '../../core/distribute/place.ts';
import { failureMessage } from '../../core/report/failure.ts';
import { randomUUID } from 'node:crypto';
import { findBuild } from '../deployed/builds.ts';
import { findPipeline, type Pipeline, type PipelineOptions, siblingMachine } from '../deployed/deployment.ts';
import { endOf, tellFailure } from '../deployed/execution-end.ts';
import { interruptedCode } from '../deployed/follow.ts';
import { asksFirst, assertAgreed } from '../agreement.ts';
import { commandLine } from '../screen/command-line.ts';
import { Refusal } from '../refused.ts';
import type { Surroundings } from '../surroundings.ts';
import { columns, type Cell } from '../screen/columns.ts';
import { painter, type Terminal, forPeople } from '../screen/terminal.ts';
import { watchToEnd } from '../deployed/watch-to-end.ts';
import { endsWithBuild } from '../../core/build/identity.ts';

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
  /** The build of all variants that they move to, or that is revoked. Absent for a recipe without variants. */
  whole?: BuildIdentity;
  /** Builds that are revoked or restored. */
  builds: RevokedBuild[];
  rebuild: string[];
  /** The builds that were started of descendants, and what AWS refused. Absent where the state itself failed: then an error. */
  rebuilding?: { started?: string[]; refused?: string[]; Error?: string; Cause?: string };
  hits: RevokeHits | null;
  /** Who uses the images of a revoke. The state's failure, if it has no answer. */
  usage?: Hits | { Cause: string };
}

/** Revokes or restores the build that a word names: see moveChannelBy. */
export async function changeBuildBy(
  wanted: string,
  asked: Pick<MoveRequest, 'verb' | 'descendants'>,
  options: MoveOptions,
  terminal: Terminal,
  surroundings: Surroundings,
): Promise<number> {
  // A recipe's name means its last build elsewhere, which is too little said to take a build from everybody.
  if (!endsWithBuild.test(wanted))
    throw new Refusal(
      `${wanted}: is no build id, such as 20261123-030000-9f2c; ${commandLine('list')} and ${commandLine('status')} name builds`,
    );
  if (asked.verb === 'revoke' && !options.plan) assertAgreed('revoke', '--plan', options, terminal);
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
  const { write, sheet } = forPeople(terminal, json);
  const who = await callerArn(pipeline.aws);
  const input = { ...asked, who, ...(why !== undefined && { why }) };
  const asks = asksFirst({ json, yes }, terminal);
  let pinned = {};
  if (plan || asks) {
    const end = await endOf(await startMove({ ...input, plan: true }, pipeline), pipeline, surroundings);
    if (end.status !== 'SUCCEEDED') return tellFailure(end, json, terminal);
    const planned = outputOf(end);
    write(`\n${shownMove(planned, terminal)}\n\n`);
    if (plan && json) terminal.out(`${JSON.stringify({ status: 'planned', ...planned }, null, 2)}\n`);
    if (plan) return 0;
    if (!(await surroundings.confirms(`  ${questionOf(planned)}?`))) {
      write('  Nothing was moved.\n\n');
      return interruptedCode;
    }
    // What was shown is what is done, even if another build is published meanwhile.
    pinned = planned.builds.length === 0 ? pinnedBy(planned) : {};
  }
  const execution = await startMove({ ...input, ...pinned }, pipeline);
  const comeBack = `${commandLine(`history ${asked.recipe}${pipeline.options}`)} tells how it ends.`;
  const ended = await watchToEnd(execution, pipeline, { sheet, write, surroundings }, 'move', comeBack);
  if (!ended) return interruptedCode;
  if (ended.status !== 'SUCCEEDED') return tellFailure(ended, json, terminal);
  const moved = outputOf(ended);
  write(`\n${painter(sheet)('green', `  ${pastOf[asked.verb]}`)}\n${shownMove(moved, terminal)}\n\n`);
  const refused = notRebuilt(moved);
  if (refused.length > 0) terminal.err(`\n  ${notStarted()}\n${refused.map((one) => `    ${one}`).join('\n')}\n\n`);
  if (json) terminal.out(`${JSON.stringify({ status: pastOf[asked.verb], ...moved }, null, 2)}\n`);
  return refused.length > 0 ? 1 : 0;
}

/** What makes a request mean the same later. The own channels of variants may have different names. */
function pinnedBy({ moves: [first], whole }: MoveOutput): Pick<MoveRequest, 'channel' | 'build'> {
  if (whole) return { build: whole.build };
  return first ? { channel: first.channel, build: first.move.to.build } : {};
}

const notStarted = () =>
  `The build is revoked. These builds of descendants were not started; start them with ${commandLine('build')}:`;

/** The recipes of descendants whose builds were not started, and why. */
function notRebuilt({ rebuild, rebuilding }: MoveOutput): string[] {
  const { refused = [], Error: error, Cause } = rebuilding ?? {};
  return error === undefined
    ? refused
    : rebuild.map((recipe) => `${recipe}: ${failureMessage({ Error: error, Cause })}`);
}

const pastOf = { promote: 'moved', rollback: 'moved', revoke: 'revoked', restore: 'restored' };

function questionOf({ verb, moves, builds }: MoveOutput): string {
  const named = builds.map(({ recipe, build }) => `${recipe}-${build}`).join(', ');
  if (verb === 'restore') return `Restore ${named}`;
  const channels = moves.map(({ parameter }) => parameter).join(', ');
  return verb === 'revoke' ? `Revoke ${named}${channels && ` and move ${channels}`}` : `Move ${channels}`;
}

/** Starts an execution of move-channel. @returns its ARN. */
async function startMove(input: MoveRequest, pipeline: Pipeline): Promise<string> {
  const name = `${input.verb}-${input.recipe.slice(0, 50)}-${randomUUID().slice(0, 8)}`;
  return (await startExecution(pipeline.aws, siblingMachine(pipeline, 'move-channel'), name, input)).arn;
}

const outputOf = ({ output }: { output?: string | undefined }): MoveOutput => JSON.parse(output ?? '{}') as MoveOutput;

const andMore = (count: number): string => (count > 0 ? ` and ${count} more` : '');

/** What an execution does, or did: moves, images, and what a revoke hits. */
function shownMove({ verb, moves, builds, rebuild, hits, usage }: MoveOutput, terminal: Terminal): string {
  const images = builds.flatMap(({ recipe, build, images: own }) =>
    own.map(({ region, ami, account }, index): Cell[] => [
      { text: index === 0 ? `${recipe}-${build}` : '' },
      { text: account === undefined ? region : `${region} of account ${account}` },
      { text: ami },
      { text: verb === 'revoke' ? 'disabled' : 'enabled' },
    ]),
  );
  const lines = [
    ...moves.flatMap(({ move, notes = [] }) => [...(move.templates ?? []).map(templateLine), ...notes]),
    ...(hits?.instances ?? []).map(
      ({ region, ami, count, first }) =>
        `runs on: ${count} instance${count === 1 ? '' : 's'} of ${ami} in ${region}: ${first.join(', ')}${andMore(count - first.length)}`,
    ),
    ...(hits && hits.sharedWith.length > 0
      ? [`may launch the images: ${hits.sharedWith.join(', ')}${andMore(hits.moreUsers)}`]
      : []),
    ...(hits && hits.moreInstances > 0 ? [`runs on: ${hits.moreInstances} instances of other images`] : []),
    ...(hits?.descendants ?? []).map(({ recipe, build }) => `made from it: ${recipe}-${build}`),
    ...(hits && hits.moreDescendants > 0 ? [`made from it: ${hits.moreDescendants} more builds`] : []),
    ...(hits?.strangers ?? []).map(
      ({ ami, region, name }) => `made from it: ${ami} in ${region}, "${name}", which is not ours`,
    ),
    ...(hits && hits.moreStrangers > 0 ? [`made from it: ${hits.moreStrangers} more AMIs, which are not ours`] : []),
    ...(hits?.unknown ? [`nobody can tell what was made from it: ${hits.unknown}`] : []),
    ...saysUsage(usage),
    ...(rebuild.length > 0 ? [`built again: ${rebuild.join(', ')}`] : []),
  ];
  return [
    ...(moves.length > 0 ? [tableOfMoves(moves, terminal)] : []),
    ...(images.length > 0 ? [columns(['Build', 'Region', 'AMI', 'Becomes'], images, terminal)] : []),
    ...(lines.length > 0 ? [lines.map((line) => `  ${line}`).join('\n')] : []),
  ].join('\n\n');
}

/** What a move makes of a launch template. */
function templateLine({ template, ami, setDefault, before, version, ...at }: MovedTemplate): string {
  const gets = version === undefined ? `gets a version with ${ami}` : '';
  const becomes = setDefault ? `has the default version ${version ?? 'that it gets'}, and had ${before}` : '';
  return `launch template ${template} in ${placeName(at)}: ${[gets, becomes].filter((one) => one !== '').join('; ')}`;
}

/** One line for each channel and region: from which image to which. */
function tableOfMoves(moves: PlannedMove[], terminal: Terminal): string {
  const rows = moves.flatMap(({ parameter, move: { from, to, before, after, accounts } }) => {
    const here = after.map(({ ami, ...at }) => ({ where: placeName(at), ami, held: inPlace(before, at)?.ami }));
    const there = (accounts?.before ?? []).map((at) => ({
      where: accountPlaceName(at),
      ami: inAccountPlace(accounts?.after ?? [], at)?.ami ?? '',
      held: at.ami,
    }));
    return [...here, ...there].map(({ where, ami, held }, index): Cell[] => {
      return [
        { text: index === 0 ? parameter : '' },
        { text: where },
        { text: held === undefined ? 'nothing' : (from?.build ?? held), style: 'dim' },
        { text: to.build },
        { text: `${held ?? '–'} → ${ami}`, style: 'dim' },
      ];
    });
  });
  return columns(['Channel', 'Region', 'From', 'To', 'AMI'], rows, terminal);
}
